internal import Foundation
internal import Inflow

extension ConnectionFacts {
    /// What a review of incidents needs of a connection's status.
    ///
    /// `entities` are those that exist: what an earlier Inflow read and this one does not is no stale table. An entity
    /// was read completely by a Sync All when its part neither failed nor was skipped; rejected records and held
    /// deletions have incidents of their own. `wholeDays` is the connection's setting for what is not read every time.
    init(_ status: ConnectionStatus, entities: [String], wholeDays: Int, now: Instant) {
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
        overdue = Overdue(status, now: now)
    }
}

extension ConnectionFacts.Overdue {
    /// Seconds for which a due run may not have begun: it may wait behind others.
    private static let patience = 3_600.0

    /// The run of the latest slot, if it should have begun an hour ago and no Sync All has begun since the slot; `nil`
    /// where the schedule is off, or a person must do something first.
    fileprivate init?(_ status: ConnectionStatus, now: Instant) {
        guard status.pausedAt == nil, status.needsConsentAt == nil,
            let slot = status.schedule.lastSlot(atOrBefore: now.addingTimeInterval(-Self.patience))
        else { return nil }
        let begun = [status.newestRun, status.lastFullRun, status.lastRun].compactMap(\.self)
            .filter(\.trigger.isSyncAll).map(\.startedAt).max()
        if let begun, begun >= slot.instant { return nil }
        self.init(dueAt: status.schedule.begin(slot), lastBeganAt: begun)
    }
}

extension ConnectionFacts.Run {
    /// A run that has ended; `nil` for none.
    fileprivate init?(_ run: ConnectionStatus.Run?) {
        guard let run, let outcome = run.status.outcome, let finishedAt = run.finishedAt else { return nil }
        self.init(id: run.run, outcome: outcome, error: run.error, finishedAt: finishedAt)
    }
}
