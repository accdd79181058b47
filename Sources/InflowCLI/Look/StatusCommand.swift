import ArgumentParser
import Foundation
import Inflow
import Warehouse
import WorkflowMax

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "How connections stand: last and next run, tokens, rows, errors, freshness.",
        discussion: """
            Last run is the last Sync All that read everything, asked for or on schedule; a failed one does not count. \
            Fresh is how long ago the entity was read that was read longest ago. Times are by each connection's own clock.
            """)

    @Argument(help: "The connection; none for all.") var name: String?
    @Flag(help: "One JSON document.") var json = false

    func run() async throws {
        try await reporting(json: json) {
            let wiring = try await Wiring.ready()
            if let name { _ = try await ConnectionStore(wiring.warehouse).find(name) }
            let now = Date()
            let statuses = ConnectionStatusReader(wiring.warehouse)
            let rows = try await statuses.rows(WorkflowMax.entities)
            var documents = try await statuses.all(now: now).filter { name == nil || $0.name == name }.map {
                StatusDocument($0, rows: rows[$0.id] ?? [:], known: WorkflowMax.entities.map(\.name), now: now)
            }
            if name != nil || json {
                for connection in try await ConnectionStore(wiring.warehouse).list() {
                    guard let place = documents.firstIndex(where: { $0.connection == connection.name }) else {
                        continue
                    }
                    documents[place].values = try await Values(wiring, connection).status()
                }
            }
            if name != nil, let one = documents.first {
                if json { return try Console.json(one) }
                for line in one.lines(now: now) { Console.print(line) }
                Console.print("")
                one.values?.show()
            } else {
                if json { return try Console.json(documents) }
                for line in StatusDocument.table(documents, now: now) { Console.print(line) }
            }
        }
    }
}

/// How a connection stands, as a person or a program reads it.
struct StatusDocument: Encodable {
    struct Anchor: Encodable {
        let at: String
        let zone: String
    }

    struct Entity: Encodable {
        let entity: String
        let rows: Int
        let readAt: OrNull<Date>
        let status: OrNull<PartStatus>
    }

    let connection: String
    /// When the last full run began that was successful.
    let lastRun: OrNull<Date>
    /// When the next scheduled run begins.
    let nextRun: OrNull<Date>
    let enabled: Bool
    let anchor: OrNull<Anchor>
    /// Number of the run that `lastRun` tells of.
    let lastRunNumber: OrNull<Int64>
    let newestRun: OrNull<ConnectionStatus.Run>
    let pausedAt, needsConsentAt: OrNull<Date>
    let consentReason: OrNull<String>
    let tokenEndsAt: OrNull<Date>
    let tokenDaysLeft: OrNull<Int>
    let rows: Int
    /// How many entities could not be read the last time, and which.
    let errors: Int
    let failedEntities: [String]
    let rejections, heldDeletions: Int
    /// When the entity was last read that was read longest ago, and which that is; null before the first.
    let freshAt: OrNull<Date>
    let stalestEntity: OrNull<String>
    let callsLeftToday, callsLeftThisMinute: OrNull<Int>
    let queued, running: Int
    let incidents: [String: Int]
    let entities: [Entity]
    /// What costs a call for each record; only where it was asked for.
    var values: Values.Status?

    /// Whose clock times are shown by.
    private let zone: TimeZone

    private enum CodingKeys: String, CodingKey {
        case connection, lastRun, nextRun, enabled, anchor, lastRunNumber, newestRun, pausedAt, needsConsentAt
        case consentReason, tokenEndsAt, tokenDaysLeft, rows, errors, failedEntities, rejections, heldDeletions, freshAt
        case stalestEntity, callsLeftToday, callsLeftThisMinute, queued, running, incidents, entities, values
    }

    /// `rows` are those of each entity's table; `known` the entities that exist, in their order.
    init(_ status: ConnectionStatus, rows: [String: Int], known: [String], now: Instant) {
        connection = status.name
        lastRun = OrNull(status.lastRun?.startedAt)
        nextRun = OrNull(status.nextRun(after: now))
        enabled = status.isEnabled
        let anchor = status.schedule.schedule.anchor
        self.anchor = OrNull(anchor.map { Anchor(at: $0.time, zone: $0.zone.identifier) })
        zone = anchor?.zone ?? status.zone
        lastRunNumber = OrNull(status.lastRun?.run)
        newestRun = OrNull(status.newestRun)
        (pausedAt, needsConsentAt) = (OrNull(status.pausedAt), OrNull(status.needsConsentAt))
        consentReason = OrNull(status.consentReason)
        tokenEndsAt = OrNull(status.tokenEndsAt)
        tokenDaysLeft = OrNull(status.tokenDaysLeft(at: now))
        self.rows = known.reduce(0) { $0 + (rows[$1] ?? 0) }
        failedEntities = status.failed(among: known)
        errors = failedEntities.count
        (rejections, heldDeletions) = (status.rejections, status.heldDeletions)
        let stalest = status.stalest(among: known)
        freshAt = OrNull(stalest?.readAt)
        stalestEntity = OrNull(stalest?.entity)
        callsLeftToday = OrNull(status.callsLeftToday)
        callsLeftThisMinute = OrNull(status.callsLeftThisMinute)
        (queued, running, incidents) = (status.queued, status.running, status.incidents)
        let parts = Dictionary(status.entities.map { ($0.entity, $0) }, uniquingKeysWith: { first, _ in first })
        entities = known.map { name in
            Entity(
                entity: name, rows: rows[name] ?? 0, readAt: OrNull(parts[name]?.readAt),
                status: OrNull(parts[name]?.status))
        }
    }

    /// What deserves the first look, in a word or two.
    var state: String {
        if newestRun.value?.status == .running { return "running" }
        if pausedAt.value != nil { return "paused" }
        if needsConsentAt.value != nil { return "consent" }
        return newestRun.value?.status.rawValue ?? "never read"
    }
}

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
                    entity.readAt.value.map { InstantText.long($0, in: zone) } ?? "–", entity.status.value?.rawValue ?? "",
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
