internal import Inflow
internal import Warehouse

/// One part of a run under way, as a value: it owns the plan it works for and what the run has come to so far.
///
/// A run is a row of stages: the lists of its plan, then ``FullReadings``, ``FollowUps`` and ``PerParentRun``; or one
/// ``BackfillRun``.
/// Each stage takes the results of the one before, adds its own and hands them on. A stage never throws: a failure is
/// the error of the entity it happened to, and where the recovery policy says so it stops the run.
protocol RunStage<S> {
    associatedtype S: Source

    var engine: RunEngine<S> { get }
    /// Number of the run in the run log; 0 for a dry run.
    var run: Int64 { get }
    var plan: RunPlan { get }
    var results: RunResults { get set }
}

extension RunStage {
    /// Whether the run is still to do something.
    var isGoingOn: Bool { results.stopped == nil }

    /// Asks the warehouse on behalf of an entity.
    ///
    /// A failure becomes the entity's error, and the result is `nil`.
    mutating func ask<T: Sendable>(
        for entity: String, _ body: () async throws(WarehouseError) -> T
    ) async -> T? {
        guard !Task.isCancelled else {
            results.fail(entity, .cancelled)
            return nil
        }
        do throws(WarehouseError) {
            return try await body()
        } catch {
            results.fail(entity, .warehouse(error))
            return nil
        }
    }

    /// Loads further readings of an entity, which became known only during the run.
    ///
    /// - Returns: whether all of them were loaded.
    @discardableResult
    mutating func load(_ readings: [RunPlan.Reading], of entity: EntityDefinition) async -> Bool {
        guard let reason = readings.first?.reason else { return isGoingOn }
        let errors = errorCount(of: entity)
        engine.progress(.goingOn(why: "\(entity.name), \(reason.words)", chunks: readings.count))
        await load([RunPlan.Part(entity: entity, readings: readings)])
        return isGoingOn && errorCount(of: entity) == errors
    }

    /// Loads some parts and adds what they come to.
    mutating func load(_ parts: [RunPlan.Part]) async {
        results.add(await engine.load(plan.replacing(parts), run: run))
    }

    /// Counts a month that was read in parts as covered once all its days are in.
    mutating func noteParts(of entity: EntityDefinition, months: [LocalDate]) async {
        guard !months.isEmpty else { return }
        let (coverage, run) = (engine.coverage, run)
        _ = await ask(for: entity.name) { () async throws(WarehouseError) in
            try await coverage.noteParts(entity, months: Set(months).sorted(), run: run)
        }
    }

    /// Errors of an entity so far; `nil` where the run has no part of it.
    func errorCount(of entity: EntityDefinition) -> Int? { results[entity.name]?.errors.count }
}

extension [Chunk] {
    /// The months that the spans among the chunks touch, each by its first day.
    var touchedMonths: [LocalDate] {
        flatMap { chunk in if case .span(let window) = chunk { window.touchedMonths } else { [LocalDate]() } }
    }
}

extension Array {
    /// The elements in order, in groups of at most `count`.
    func chunked(by count: Int) -> [[Element]] {
        stride(from: 0, to: self.count, by: count).map { Array(self[$0..<Swift.min($0 + count, self.count)]) }
    }
}
