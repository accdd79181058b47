import Foundation
import Inflow
import Warehouse

// MARK: text

extension StatusDocument {
    /// All connections, one line each; no line is longer than 100 characters.
    static func table(_ documents: [StatusDocument], now: Instant) -> [String] {
        guard !documents.isEmpty else {
            return ["No connection yet. Add one with \"inflow connection add NAME …\"."]
        }
        return Console.lines(
            [
                "connection", "last run", "next run", "enabled", "token", "rows", "errors", "fresh", "state",
            ], documents.map { $0.row(now) })
    }

    private func row(_ now: Instant) -> [String] {
        let name = connection.count > 14 ? connection.prefix(13) + "…" : connection
        func when(_ instant: Date?) -> String { instant.map { InstantText.short($0, in: zone, now: now) } ?? "–" }
        return [
            name, when(lastRun.value), when(nextRun.value), enabled ? "yes" : "no",
            tokenDaysLeft.value.map { "\($0) d" } ?? "none", Console.grouped(rows),
            Console.grouped(errors + rejections),
            freshAt.value.map { InstantText.span(now.timeIntervalSince($0)) } ?? "–", state,
        ]
    }

    /// One connection, at length.
    func lines(now: Instant) -> [String] {
        let facts = facts(now)
        let width = (facts.map { $0.0.count }.max() ?? 0) + 2
        let parts = Console.lines(
            ["entity", "rows", "read", "status"],
            entities.map { entity in
                [
                    entity.entity, Console.grouped(entity.rows),
                    entity.readAt.value.map { InstantText.long($0, in: zone) } ?? "–", entity.status.value ?? "",
                ]
            })
        return facts.map { $0.0.padding(toLength: width, withPad: " ", startingAt: 0) + $0.1 } + [""] + parts
    }

    private func facts(_ now: Instant) -> [(String, String)] {
        func when(_ instant: Date) -> String { InstantText.long(instant, in: zone) }
        func ago(_ instant: Date) -> String { "\(InstantText.span(now.timeIntervalSince(instant))) ago" }
        var facts = [("connection", connection), ("schedule", schedule)]
        facts.append(
            (
                "last run",
                lastRun.value.map { "\(when($0)), \(ago($0)), run \(lastRunNumber.value ?? 0)" }
                    ?? "none yet: \"inflow sync \(connection)\""
            ))
        facts.append(
            (
                "next run",
                nextRun.value.map { "\(when($0)), in \(InstantText.span($0.timeIntervalSince(now)))" } ?? "none"
            ))
        if let newest = newestRun.value {
            let error = newest.error.map { ": \($0.split(separator: "\n").first ?? "")" } ?? ""
            facts.append(
                ("newest run", "\(newest.run) (\(newest.trigger)), \(when(newest.startedAt)), \(newest.status)\(error)")
            )
        }
        if let pausedAt = pausedAt.value { facts.append(("paused", "since \(when(pausedAt))")) }
        if let asked = needsConsentAt.value {
            facts.append(("consent", "needed since \(when(asked)): \(consentReason.value ?? "")"))
        }
        facts.append(("token", token(now)))
        facts.append(("rows", Console.grouped(rows)))
        facts.append(("errors", errorWords))
        if heldDeletions > 0 {
            facts.append(("held", "\(Console.grouped(heldDeletions)) deletions: \"inflow deletions \(connection)\""))
        }
        if let entity = stalestEntity.value {
            facts.append(
                (
                    "fresh",
                    freshAt.value.map { "everything read within \(InstantText.span(now.timeIntervalSince($0)))" }
                        ?? "\(entity) was never read to its end"
                ))
        }
        if let left = callsLeftToday.value { facts.append(("calls left", "\(Console.grouped(left)) of today's")) }
        if queued + running > 0 { facts.append(("queue", "\(queued) waiting, \(running) in hand")) }
        if !incidents.isEmpty {
            let kinds = incidents.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
            facts.append(("incidents", kinds.joined(separator: ", ")))
        }
        return facts
    }

    private var schedule: String {
        guard let anchor = anchor.value else { return "waits for the first Sync All" }
        return "every day at \(anchor.at) \(anchor.zone)\(enabled ? "" : ", switched off")"
    }

    private func token(_ now: Instant) -> String {
        guard let end = tokenEndsAt.value, let days = tokenDaysLeft.value else { return "none: it is not authorised" }
        return end <= now ? "expired \(InstantText.long(end, in: zone))" : "\(days) days left"
    }

    private var errorWords: String {
        guard errors + rejections > 0 else { return "none" }
        var words: [String] = []
        if errors > 0 { words.append("not read: \(failedEntities.joined(separator: ", "))") }
        if rejections > 0 {
            words.append("\(Console.grouped(rejections)) rejected records: \"inflow rejections \(connection)\"")
        }
        return words.joined(separator: "; ")
    }
}
