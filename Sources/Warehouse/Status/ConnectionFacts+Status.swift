internal import Inflow

extension ConnectionFacts {
    /// What a review of incidents needs of a connection's status.
    ///
    /// `entities` are those that exist: what an earlier Inflow read and this one does not is no stale table. An entity
    /// was read completely by a Sync All when its part neither failed nor was skipped; rejected records and held
    /// deletions have incidents of their own. `wholeDays` is the connection's setting for what is not read every time.
    init(_ status: ConnectionStatus, entities: [String], wholeDays: Int) {
        self.init()
        (lastFullRun, deadlyRequest) = (Run(status.lastFullRun), Run(status.deadlyRequest))
        hasCompleteRun = status.lastRun != nil
        heldDeletions = status.heldDeletions
        openRejections = status.rejections
        consentReason = status.needsConsentAt.map { _ in
            status.consentReason ?? "A person must authorise it again."
        }
        readings = status.entities.compactMap { entity in
            guard entities.contains(entity.entity), let first = entity.firstAskedAt else { return nil }
            return Reading(
                entity: entity.entity, verifiedAt: entity.readAt, firstAskedAt: first,
                daysBetween: entity.isReadNowAndThen ? wholeDays : 0)
        }
        refreshEndsAt = status.tokenEndsAt
        isPaused = status.pausedAt != nil
    }
}

extension ConnectionFacts.Run {
    /// A run that has ended; `nil` for none.
    fileprivate init?(_ run: ConnectionStatus.Run?) {
        guard let run, let outcome = run.status.outcome, let finishedAt = run.finishedAt else { return nil }
        self.init(id: run.run, outcome: outcome, error: run.error, finishedAt: finishedAt)
    }
}
