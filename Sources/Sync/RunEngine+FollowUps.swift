internal import Foundation
internal import Inflow
internal import Warehouse

/// What can only be read, or decided, when a run's chunks are in.
///
/// In this order: documents that have left the open lists; records that were missing, looked for by key and then marked; jobs
/// that a document mentions; watermarks. Each step is skipped when the run was stopped: the next run finds it again.
extension RunEngine {
    func followUp(_ plan: RunPlan, _ run: Int64, _ results: inout RunResults) async {
        guard plan.trigger != .retry else { return }
        for part in plan.parts {
            let months = (results[part.entity.name]?.divided ?? []).flatMap { chunk in
                if case .span(let window) = chunk { window.touchedMonths } else { [LocalDate]() }
            }
            await noteParts(of: part.entity, months, run, &results)
        }
        for part in plan.parts where results.stopped == nil {
            await lookAtLeft(part.entity, plan, run, &results)
        }
        let pending = await step(plan.parts.first?.entity.name ?? "", &results) { () async throws(WarehouseError) in
            try await MissingRows(warehouse, connection).pending()
        }
        for part in plan.parts where results.stopped == nil && pending?.contains(part.entity.name) == true {
            await judgeMissing(part.entity, plan, run, &results)
        }
        await markGone(plan, run, &results)
        guard plan.isFull else { return }
        for part in plan.parts where results.stopped == nil {
            await readMentioned(part.entity, plan, run, &results)
        }
        for part in plan.parts {
            await moveWatermark(part, run, &results)
        }
    }

    /// Runs a step against the warehouse; what fails is the entity's error.
    func step<T: Sendable>(
        _ entity: String, _ results: inout RunResults, _ body: () async throws(WarehouseError) -> T
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

    private func goOn(
        _ readings: [RunPlan.Reading], of entity: EntityDefinition, _ plan: RunPlan, _ run: Int64,
        _ results: inout RunResults
    ) async {
        guard let reason = readings.first?.reason else { return }
        progress(.goingOn(why: "\(entity.name), \(reason.words)", chunks: readings.count))
        let part = RunPlan.Part(entity: entity, readings: readings)
        await runPhase(plan.replacing([part]), run, &results)
    }

    /// Months that were read in parts are covered where all their days are in.
    func noteParts(
        of entity: EntityDefinition, _ months: [LocalDate], _ run: Int64, _ results: inout RunResults
    ) async {
        guard !months.isEmpty else { return }
        _ = await step(entity.name, &results) { () async throws(WarehouseError) in
            try await CoverageStore(warehouse, connection).noteParts(entity, months: Set(months).sorted(), run: run)
        }
    }

    // MARK: what has left the open lists

    private func lookAtLeft(
        _ entity: EntityDefinition, _ plan: RunPlan, _ run: Int64, _ results: inout RunResults
    ) async {
        let sweeps = (results[entity.name]?.loaded ?? []).filter(\.chunk.isSweep)
        // Only all lists together tell what is in none of them.
        guard !entity.sweeps.isEmpty, Set(sweeps.map(\.chunk)).count == entity.sweeps.count,
            let swept = sweeps.map(\.askedAt).min()
        else { return }
        let documents = OpenDocuments(warehouse, connection)
        let found = await step(entity.name, &results) { () async throws(WarehouseError) in
            try await documents.findLeft(entity, swept: swept)
        }
        guard let left = found else { return }
        if left.listsAreEmpty {
            results.warn(entity.name, "the lists of open documents were empty, and were not before")
        }
        var readings = left.months.compactMap(Window.init(month:)).map { RunPlan.Reading(.span($0), .left) }
        for keys in left.keys.chunked(by: 20) {
            readings.append(RunPlan.Reading(.parents(keys), .left, calls: keys.count))
        }
        guard !readings.isEmpty else { return }
        let before = results[entity.name]?.errors.count
        await goOn(readings, of: entity, plan, run, &results)
        let still = await step(entity.name, &results) { () async throws(WarehouseError) in
            try await documents.monthsStillLeft(entity)
        }
        let months = (still ?? []).filter { !left.months.contains($0) }
        await goOn(
            months.compactMap(Window.init(month:)).map { RunPlan.Reading(.span($0), .left) }, of: entity, plan, run,
            &results)
        guard results.stopped == nil, results[entity.name]?.errors.count == before else { return }
        _ = await step(entity.name, &results) { () async throws(WarehouseError) in
            try await documents.forgetLeft(entity)
        }
    }

    // MARK: what is missing

    private func judgeMissing(
        _ entity: EntityDefinition, _ plan: RunPlan, _ run: Int64, _ results: inout RunResults
    ) async {
        let deletions = MissingRows(warehouse, connection)
        let found = await step(entity.name, &results) { () async throws(WarehouseError) in
            try await deletions.toAsk(entity, run: run)
        }
        for some in (found ?? []).chunked(by: 20) where results.stopped == nil {
            let before = results[entity.name]?.errors.count
            await goOn(
                [RunPlan.Reading(.parents(some.map(\.asked)), .missing, calls: some.count)], of: entity, plan, run,
                &results)
            // Only a chunk that was read to its end tells what was not found.
            guard results[entity.name]?.errors.count == before, results.stopped == nil else { return }
            _ = await step(entity.name, &results) { () async throws(WarehouseError) in
                try await deletions.noteGone(entity, some.map(\.key))
            }
        }
    }

    /// Marks what is gone, unless it is too much at once.
    private func markGone(_ plan: RunPlan, _ run: Int64, _ results: inout RunResults) async {
        guard results.stopped == nil, let first = plan.parts.first?.entity.name else { return }
        let deletions = MissingRows(warehouse, connection)
        let most = connection.settings.brakeRunRows
        let gone = await step(first, &results) { () async throws(WarehouseError) in
            try await deletions.countGone(entities: plan.parts.map(\.entity.name))
        }
        guard let gone, !gone.isEmpty else { return }
        let sum = gone.filter { !$0.approved }.reduce(0) { $0 + $1.rows }
        if sum > most {
            for entity in gone where !entity.approved {
                results.change(entity.entity) { $0.held += entity.rows }
            }
            let isHeld: Void? = await step(first, &results) { () async throws(WarehouseError) in
                try await deletions.holdGone(
                    entities: gone.map(\.entity),
                    "\(sum) rows would have been marked in one run, and \(most) is the most")
            }
            // What could not be held must not be marked.
            guard isHeld != nil else { return }
        }
        let names = Set(gone.map(\.entity))
        for part in plan.parts where results.stopped == nil && names.contains(part.entity.name) {
            let marked = await step(part.entity.name, &results) { () async throws(WarehouseError) in
                try await deletions.markGone(part.entity, run: run)
            }
            results.change(part.entity.name) { $0.tally.markedDeleted += marked ?? 0 }
        }
    }

    // MARK: what is mentioned

    /// Up to so many are asked for by number; more by the lists of all time.
    private static var mostByNumber: Int { 20 }

    private func readMentioned(
        _ entity: EntityDefinition, _ plan: RunPlan, _ run: Int64, _ results: inout RunResults
    ) async {
        guard !entity.mentionedIn.isEmpty else { return }
        let found = await step(entity.name, &results) { () async throws(WarehouseError) in
            try await UnknownNumbers(warehouse, connection).mentioned(entity)
        }
        guard let numbers = found, !numbers.isEmpty else { return }
        let before = results[entity.name]?.errors.count
        let wasRead = (results[entity.name]?.loaded ?? []).contains { $0.reason == .weekly }
        if numbers.count <= Self.mostByNumber {
            await goOn(
                [RunPlan.Reading(.parents(numbers), .mentioned, calls: numbers.count)], of: entity, plan, run, &results)
        } else if !wasRead {
            let today = LocalDate(now(), in: connection.settings.timeZone)
            await goOn(
                RunPlan.allTime(connection.settings, today: today).map { RunPlan.Reading($0, .mentioned) },
                of: entity, plan, run, &results)
        }
        guard results.stopped == nil, results[entity.name]?.errors.count == before else { return }
        _ = await step(entity.name, &results) { () async throws(WarehouseError) in
            try await UnknownNumbers(warehouse, connection).noteUnknown(entity, numbers)
        }
    }

    // MARK: watermarks

    private func moveWatermark(
        _ part: RunPlan.Part, _ run: Int64, _ results: inout RunResults
    ) async {
        guard part.entity.modified != nil, let result = results[part.entity.name], result.errors.isEmpty else { return }
        let planned = part.readings.filter { $0.reason == .weekly || $0.reason == .modified }
        let loaded = result.loaded.filter { $0.reason == .weekly || $0.reason == .modified }
        guard !planned.isEmpty, loaded.count == planned.count, !result.wasStopped,
            let asked = loaded.map(\.askedAt).min(),
            let pulled = loaded.map({ $0.answeredAt ?? $0.askedAt }).min()
        else { return }
        let isWhole = planned.contains { $0.reason == .weekly }
        _ = await step(part.entity.name, &results) { () async throws(WarehouseError) in
            try await WatermarkStore(warehouse, connection).setWatermark(part.entity, pulledAt: pulled, run: run)
            guard isWhole, part.entity.isDated else { return }
            try await CoverageStore(warehouse, connection).noteReadWhole(part.entity, at: asked, run: run)
        }
    }
}

extension Array {
    /// The elements in runs of at most so many.
    func chunked(by count: Int) -> [[Element]] {
        stride(from: 0, to: self.count, by: count).map { Array(self[$0..<Swift.min($0 + count, self.count)]) }
    }
}
