public import Foundation

/// What follows from a connection's facts for its incidents: which begin, which go on, which are over.
///
/// Pure: the same facts, open incidents and moment always give the same review. What the facts do not tell (a run
/// stopped by the day's quota says nothing of whether the next would fail) leaves an open incident as it is.
public struct IncidentReview: Sendable, Hashable {
    /// What has begun, in the order of the kinds.
    public private(set) var opened: [Incident] = []
    /// What goes on, with what is known of it now.
    public private(set) var kept: [OpenIncident] = []
    /// What is over.
    public private(set) var closed: [OpenIncident] = []

    /// Seconds before the end of a refresh token from which on a person is told.
    public static let tokenWarning: TimeInterval = 7 * 86_400

    /// Reviews a connection.
    ///
    /// A table is stale when the last complete reading is more than `freshnessHours` hours before `now`.
    public init(_ facts: ConnectionFacts, open: [OpenIncident], freshnessHours: Int, now: Instant) {
        let (present, unknown) = IncidentReview.judge(facts, freshnessHours, now)
        let known = Set(open.map(\.incident.identity))
        opened = present.filter { !known.contains($0.identity) }
        for incident in open {
            if let again = present.first(where: { $0.identity == incident.incident.identity }) {
                kept.append(OpenIncident(id: incident.id, again))
            } else if unknown.contains(incident.incident.kind) {
                kept.append(incident)
            } else {
                closed.append(incident)
            }
        }
    }

    /// What is wrong now, and the kinds of which the facts do not tell.
    private static func judge(
        _ facts: ConnectionFacts, _ freshnessHours: Int, _ now: Instant
    ) -> (present: [Incident], unknown: Set<IncidentKind>) {
        var present: [Incident] = []
        var unknown: Set<IncidentKind> = []
        switch facts.lastFullRun?.outcome {
        case .failed:
            present.append(
                Incident(.runFailed, detail: facts.lastFullRun?.error ?? "", run: facts.lastFullRun?.id))
        case nil, .green, .warnings, .rejections: break
        case .quota, .consent, .interrupted: unknown.insert(.runFailed)
        }
        if facts.heldDeletions > 0 {
            present.append(
                Incident(.heldDeletions, detail: counted(facts.heldDeletions, "row"), run: facts.lastFullRun?.id))
        }
        if facts.openRejections > 0 {
            present.append(
                Incident(.rejections, detail: counted(facts.openRejections, "record"), run: facts.lastFullRun?.id))
        }
        if let reason = facts.consentReason { present.append(Incident(.consentNeeded, detail: reason)) }
        if facts.isPaused {
            unknown.insert(.staleTable)
        } else if facts.hasCompleteRun {
            present += facts.readings.sorted { $0.entity < $1.entity }.compactMap { stale($0, freshnessHours, now) }
        }
        if facts.consentReason != nil {
            // Whether the token would have lived on no longer matters, and says nothing.
            unknown.insert(.tokenExpiring)
        } else if let end = facts.refreshEndsAt, now >= end.addingTimeInterval(-tokenWarning) {
            present.append(Incident(.tokenExpiring, detail: end.minuteText))
        }
        return (present, unknown)
    }

    private static func stale(_ reading: ConnectionFacts.Reading, _ hours: Int, _ now: Instant) -> Incident? {
        let since = reading.verifiedAt ?? reading.firstAskedAt
        guard now.timeIntervalSince(since) > Double(hours) * 3_600 else { return nil }
        let words =
            reading.verifiedAt == nil
            ? "never read completely, first asked for \(since.minuteText)"
            : "last read completely \(since.minuteText)"
        return Incident(.staleTable, subject: reading.entity, detail: words)
    }

    private static func counted(_ count: Int, _ noun: String) -> String {
        "\(count) \(noun)\(count == 1 ? "" : "s")"
    }
}

/// When a message that could not be delivered is tried again.
public enum AlertPatience {
    /// Seconds until the next try after so many: a minute, then longer, six hours at most.
    public static func pause(after attempts: Int) -> Int {
        let pauses = [60, 300, 900, 3_600, 10_800, 21_600]
        return pauses[min(max(attempts, 1), pauses.count) - 1]
    }

    /// Hours after which a message that was not delivered is given up.
    public static let hours = 72
}

extension Instant {
    /// `2026-11-21 04:00 UTC`.
    var minuteText: String {
        formatted(.iso8601).prefix(16).replacing("T", with: " ") + " UTC"
    }
}
