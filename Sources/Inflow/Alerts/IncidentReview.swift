public import Foundation

/// What the state of a connection means for its incidents: which begin, which go on, which are over.
///
/// Alerts work in three steps. After every run, and at intervals, the warehouse reads ``ConnectionFacts``; this type
/// compares them with the open incidents; the warehouse stores the result and, in the same transaction, puts one
/// ``AlertNotice`` for each kind and channel into the outbox. A sender delivers the outbox at least once, with the
/// pauses of ``AlertPatience``. So a crash neither loses a message nor opens an incident twice.
///
/// An incident is a state, not an event. A connection that fails every night has one incident and one message, and one
/// more message when it works again. The identity of an incident is its kind and subject, so a detail that changes (a
/// count, a time) updates the open incident and sends nothing.
///
/// The review is pure: the same facts, open incidents and moment always give the same result. Where the facts do not
/// answer a question, an open incident stays open: a run that the day's quota stopped does not show whether the next
/// one would fail, and a paused connection does not show whether its tables could be fresh.
public struct IncidentReview: Sendable, Hashable {
    /// Incidents that begin now, in the order of the kinds.
    public private(set) var opened: [Incident] = []
    /// Open incidents that go on, with their present detail.
    public private(set) var kept: [OpenIncident] = []
    /// Open incidents that are over.
    public private(set) var closed: [OpenIncident] = []

    /// Reviews a connection.
    ///
    /// A table is stale when the last complete reading is more than `freshnessHours` hours before `now`, and the days that
    /// are meant to lie between two of them.
    ///
    /// Instants in details are by the clock of `zone`.
    public init(
        _ facts: ConnectionFacts, open: [OpenIncident], freshnessHours: Int, zone: TimeZone = .gmt, now: Instant
    ) {
        let (present, unknown) = IncidentReview.judge(facts, freshnessHours, zone, now)
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

    /// What is wrong now, and the kinds that the facts do not decide.
    private static func judge(
        _ facts: ConnectionFacts, _ freshnessHours: Int, _ zone: TimeZone, _ now: Instant
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
        if let request = facts.deadlyRequest {
            present.append(Incident(.requestFailed, detail: request.error ?? "", run: request.id))
        }
        if facts.heldDeletions > 0 {
            present.append(
                Incident(
                    .heldDeletions, detail: counted(facts.heldDeletions, "row", facts.heldExamples),
                    run: facts.lastFullRun?.id))
        }
        if facts.openRejections > 0 {
            present.append(
                Incident(
                    .rejections, detail: counted(facts.openRejections, "record", facts.rejectionExamples),
                    run: facts.lastFullRun?.id))
        }
        if let reason = facts.consentReason { present.append(Incident(.consentNeeded, detail: reason)) }
        if facts.isPaused {
            unknown.insert(.staleTable)
        } else if facts.hasCompleteRun {
            present += facts.readings.sorted { $0.entity < $1.entity }.compactMap {
                stale($0, freshnessHours, zone, now)
            }
        }
        if facts.consentReason != nil {
            // The consent is gone with the token, so its end decides nothing any more.
            unknown.insert(.tokenExpiring)
        } else if let end = facts.refreshEndsAt, now >= end.addingTimeInterval(-TokenLife.warning) {
            present.append(Incident(.tokenExpiring, detail: end.named(in: zone)))
        }
        if let overdue = facts.overdue { present.append(late(overdue, zone)) }
        return (present, unknown)
    }

    private static func late(_ overdue: ConnectionFacts.Overdue, _ zone: TimeZone) -> Incident {
        let since = overdue.lastBeganAt.map { "since \($0.named(in: zone))" } ?? "yet"
        return Incident(.noRun, detail: "\(since); one was due at \(overdue.dueAt.named(in: zone))")
    }

    private static func stale(
        _ reading: ConnectionFacts.Reading, _ hours: Int, _ zone: TimeZone, _ now: Instant
    ) -> Incident? {
        let since = reading.verifiedAt ?? reading.firstAskedAt
        guard now.timeIntervalSince(since) > Double(hours + reading.daysBetween * 24) * 3_600 else { return nil }
        let words =
            reading.verifiedAt == nil
            ? "never read completely, first requested \(since.named(in: zone))"
            : "last read completely \(since.named(in: zone))"
        return Incident(.staleTable, subject: reading.entity, detail: words)
    }

    private static func counted(_ count: Int, _ noun: String, _ examples: [String]) -> String {
        let more = count > examples.count && !examples.isEmpty ? ["… and \(count - examples.count) more"] : []
        return (["\(count) \(noun)\(count == 1 ? "" : "s")"] + examples + more).joined(separator: "\n")
    }
}
