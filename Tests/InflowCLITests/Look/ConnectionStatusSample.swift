import Foundation
import Inflow

@testable import Warehouse

extension ConnectionStatus {
    /// A connection that is read every day at 07:30 and is well, unless an argument says otherwise.
    static func sample(
        _ name: String, anchor: Anchor? = try? Anchor("07:30 Pacific/Auckland"), isOn: Bool = true,
        paused: Instant? = nil, needsConsent: Instant? = nil, tokenEnds: Instant? = nil, lastRun: Run? = nil,
        newest: Run? = nil, entities: [Entity] = [], rejections: Int = 0, callsLeft: Int? = nil,
        incidents: [String: Int] = [:]
    ) -> ConnectionStatus {
        ConnectionStatus(
            id: 1, name: name, zone: anchor?.zone ?? .gmt,
            schedule: ScheduleState(Schedule(isOn: isOn, anchor: anchor)),
            pausedAt: paused, needsConsentAt: needsConsent, consentReason: needsConsent.map { _ in "It was revoked." },
            tokenEndsAt: tokenEnds, lastRun: lastRun, newestRun: newest ?? lastRun, entities: entities,
            rejections: rejections, heldDeletions: 0, callsLeftToday: callsLeft, callsLeftThisMinute: nil, queued: 0,
            running: 0, incidents: incidents)
    }
}

extension ConnectionStatus.Run {
    /// A run that took a minute.
    static func sample(_ run: Int64, _ status: RunStatus, at instant: Instant) -> ConnectionStatus.Run {
        ConnectionStatus.Run(
            run: run, trigger: .slot, status: status, startedAt: instant, finishedAt: instant.addingTimeInterval(60),
            seconds: 60, error: nil)
    }
}
