public import Inflow
public import Warehouse

extension RunReport {
    /// The report of a run that has ended, from the log: the same as the process has that ran it.
    ///
    /// `order` are the entities in loading order, which the log does not keep. `nil` while the run is under way.
    public init?(_ run: LoggedRun, _ parts: [LoggedPart], order: [EntityDefinition]) {
        guard let outcome = run.status.outcome else { return nil }
        let entities = parts.inOrder(order).map { EntityResult($0) }
        self.init(
            run: run.run, outcome: outcome, entities: entities, error: run.error,
            warnings: entities.flatMap { entity in entity.warnings.map { "\(entity.entity): \($0)" } },
            resumeAt: run.resumeAt)
    }
}

extension [LoggedPart] {
    /// Parts in the loading order of these entities; others last, by name.
    public func inOrder(_ order: [EntityDefinition]) -> [LoggedPart] {
        let places = Dictionary(
            order.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
        return sorted { left, right in
            (places[left.entity] ?? Int.max, left.entity) < (places[right.entity] ?? Int.max, right.entity)
        }
    }
}

extension EntityResult {
    /// The result of a part that is in the log, or what it has come to so far.
    public init(_ part: LoggedPart) {
        self.init(part.entity, plannedChunks: part.details.plannedChunks)
        (tally, traffic) = (part.tally, part.traffic)
        loadedChunks = part.details.loadedChunks
        held = part.details.held
        replacedCharacters = part.details.replacedCharacters
        lostCharacters = part.details.lostCharacters
        rejectedValues = part.details.rejectedValues
        drift = Set(part.details.drift)
        (unreadableDays, postponed) = (part.details.unreadableDays, part.details.postponed)
        waiting = part.details.waiting
        (warnings, notes) = (part.details.warnings, part.details.notes)
        errors = part.details.errors
        // Another process closed a run whose own process ended; it knows no more than this.
        if errors.isEmpty, part.status == .failed, let error = part.error { errors = [error] }
        wasStopped = part.status == .skipped
    }
}
