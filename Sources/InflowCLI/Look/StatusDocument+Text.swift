import Foundation
import Inflow
import Warehouse

// MARK: text

extension StatusDocument {
    /// All connections, one line each; no line is longer than 80 characters unless numbers are very large.
    static func table(_ documents: [StatusDocument], now: Instant) -> [String] {
        guard !documents.isEmpty else {
            return ["No connection yet. Add one with \"inflow connection add NAME …\"."]
        }
        return Console.lines(
            [
                "connection", "last run", "next run", "token", "rows", "errors", "fresh", "state",
            ], documents.map { $0.row(now) })
    }

    private func row(_ now: Instant) -> [String] {
        let name = connection.count > 14 ? connection.prefix(13) + "…" : connection
        func when(_ instant: Date?) -> String { instant.map { InstantText.short($0, in: zone, now: now) } ?? "–" }
        return [
            name, when(lastRun.value),
            enabled ? missedRun.value.map { "missed \(when($0))" } ?? when(nextRun.value) : "off",
            tokenDaysLeft.value.map { "\($0) d" } ?? "none", Console.grouped(rows),
            Console.grouped(errors + rejections),
            freshAt.value.map { InstantText.span(now.timeIntervalSince($0)) } ?? "–", state,
        ]
    }

    /// One connection at length: its facts, then its entities.
    func lines(now: Instant) -> [String] {
        let facts = facts(now)
        let width = (facts.map { $0.0.count }.max() ?? 0) + 2
        let parts = Console.lines(
            ["entity", "rows", "read", "status"],
            entities.map { entity in
                [
                    entity.entity, Console.grouped(entity.rows),
                    entity.readAt.value.map { InstantText.long($0, in: zone) } ?? "–",
                    entity.isLeftOut ? "not read (by choice)" : entity.status.value?.rawValue ?? "",
                ]
            })
        return facts.map { $0.0.padding(toLength: width, withPad: " ", startingAt: 0) + $0.1 } + [""] + parts
    }

    /// The named facts of the connection, without those that do not apply now.
    private func facts(_ now: Instant) -> [(String, String)] {
        func when(_ instant: Date) -> String { InstantText.long(instant, in: zone) }
        func span(_ instant: Date) -> String { InstantText.span(now.timeIntervalSince(instant)) }
        let facts: [(String, String?)] = [
            ("connection", connection),
            ("problem", problems.isEmpty ? nil : problems.joined(separator: " ")),
            ("schedule", schedule),
            (
                "last run",
                lastRun.value.map { "\(when($0)), \(span($0)) ago, run \(lastRunNumber.value ?? 0)" }
                    ?? "none yet: \"inflow sync \(connection.shellWord)\""
            ),
            ("next run", next(now)),
            (
                "newest run",
                newestRun.value.map { "\($0.run) (\($0.trigger)), \(when($0.startedAt)), \(ending(of: $0))" }
            ),
            ("paused", pausedAt.value.map { "since \(when($0))" }),
            ("consent", needsConsentAt.value.map { "needed since \(when($0)): \(consentReason.value ?? "")" }),
            ("token", token(now)),
            ("rows", Console.grouped(rows)),
            ("errors", errorText),
            (
                "held",
                heldDeletions == 0
                    ? nil : "\(Console.grouped(heldDeletions)) deletions: \"inflow deletions \(connection.shellWord)\""
            ),
            (
                "fresh",
                stalestEntity.value.map { entity in
                    freshAt.value.map { "Inflow read every list within the last \(span($0))" }
                        ?? "Inflow never read \(entity) completely"
                }
            ),
            ("values", values?.line),
            ("closed", closedMonths.value?.line(connection)),
            ("calls left", callsLeftToday.value.map { "\(Console.grouped($0)) of today's" }),
            ("queue", queued + running == 0 ? nil : "\(queued) waiting, \(running) running"),
            ("incidents", incidents.isEmpty ? nil : incidentText),
        ]
        return facts.compactMap { name, value in value.map { (name, $0) } }
    }

    private func next(_ now: Instant) -> String {
        if let missed = missedRun.value {
            return "missed \(InstantText.day(missed, in: zone, now: now)); nothing serves: start \"inflow serve\""
        }
        guard let next = nextRun.value else { return "none" }
        return "\(InstantText.long(next, in: zone)), in \(InstantText.span(now.timeIntervalSince(next)))"
            + (isServed ? "" : "; nothing serves: start \"inflow serve\"")
    }

    private func ending(of run: ConnectionStatus.Run) -> String {
        if run.isDead { return "died: its process ended without closing it" }
        let firstLine = run.error?.split(separator: "\n").first
        return "\(run.status)" + (firstLine.map { ": \($0)" } ?? "")
    }

    private var incidentText: String {
        incidents.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    }

    private var schedule: String {
        guard let anchor = anchor.value else {
            return problems.isEmpty ? "begins with the first Sync All" : "none: see the problem above"
        }
        return "every day at \(anchor.at) \(anchor.zone)\(isPinned ? ", pinned" : "")\(enabled ? "" : ", switched off")"
    }

    private func token(_ now: Instant) -> String {
        guard let end = tokenEndsAt.value, let days = tokenDaysLeft.value else {
            return "none: the connection is not authorised"
        }
        return end <= now ? "expired \(InstantText.long(end, in: zone))" : "\(days) days left"
    }

    private var errorText: String {
        guard errors + rejections > 0 else { return "none" }
        var words: [String] = []
        if errors > 0 { words.append("not read: \(failedEntities.joined(separator: ", "))") }
        if rejections > 0 {
            words.append(
                "\(Console.grouped(rejections)) rejected records and values: \"inflow rejections "
                    + "\(connection.shellWord)\"")
        }
        return words.joined(separator: "; ")
    }
}
