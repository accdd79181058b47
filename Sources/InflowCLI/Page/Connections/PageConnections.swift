import ConnectionPage
import Foundation
import Inflow
import Sync
import Warehouse
import WorkflowMax

/// What the page shows of connections, from the same readers as `inflow status`.
struct PageConnections: ConnectionService {
    let wiring: Wiring

    private static let trend = 14

    func cards(now: Instant) async throws -> [ConnectionCard] {
        try await forPage {
            let isServed = try await wiring.queue.isServed()
            let trends = try await RunLogReader(wiring.warehouse).trends(length: Self.trend)
            let statuses = try await ConnectionStatusReader(wiring.warehouse).all(now: now)
            let labels = try await ConnectionGroupStore(wiring.warehouse).labels()
            return statuses.map { status in
                var card = card(status, trends[status.id] ?? [], isServed: isServed, now: now)
                card.group = labels[status.id]
                return card
            }
        }
    }

    func number(of name: String) async throws -> Int64 {
        try await forPage { try await wiring.connection(name).id }
    }

    func counts(of name: String) async throws -> RecordCounts {
        try await forPage {
            let countedAt = Date()
            let connection = try await wiring.connection(name)
            let rows = try await ConnectionStatusReader(wiring.warehouse)
                .rows(WorkflowMax.entities, of: connection.id)[connection.id]
            return RecordCounts(rows: rows ?? [:], countedAt: countedAt)
        }
    }

    func overview(of name: String, counted: RecordCounts, now: Instant) async throws -> ConnectionOverview {
        try await forPage {
            let reader = ConnectionStatusReader(wiring.warehouse)
            let connection = try await wiring.connection(name)
            guard let status = try await reader.one(connection.id, now: now) else {
                throw PageProblem.noConnection(name)
            }
            let isServed = try await wiring.queue.isServed()
            let log = RunLogReader(wiring.warehouse)
            let trends = try await log.trends(length: Self.trend)
            var overview = ConnectionOverview(
                card: card(status, trends[status.id] ?? [], isServed: isServed, now: now))
            let schedule = status.schedule.schedule
            (overview.time, overview.timeZone) = (schedule.anchor?.time, schedule.anchor?.zone.identifier)
            (overview.isOn, overview.isPinned) = (schedule.isOn, schedule.isPinned)
            (overview.pausedAt, overview.isServed) = (status.pausedAt, isServed)
            overview.lastRunNumber = status.lastRun?.run
            overview.callsLeftToday = status.callsLeftToday
            overview.callsLeftThisMinute = status.callsLeftThisMinute
            overview.queued = status.queued
            overview.incidents = status.incidents.sorted { $0.key < $1.key }.map { kind, count in
                "\(count) open incident\(count == 1 ? "" : "s"): \(kind.replacingOccurrences(of: "_", with: " "))."
            }
            overview.countedAt = counted.countedAt
            overview.counts = counts(status, counted.rows, try await changes(in: status.lastFullRun?.run, log))
            return overview
        }
    }

    func change(_ change: ScheduleChange, of name: String, by doer: Doer) async throws {
        try await forPage {
            let connection = try await wiring.connection(name)
            let now = Date()
            switch change {
            case .pause: try await ConnectionStore(wiring.warehouse).pause(connection)
            case .resume: try await ConnectionStore(wiring.warehouse).resume(connection, at: now)
            case .set(let isOn, let time, let zoneName, let isPinned):
                let zone = try await zone(zoneName, connection)
                let anchor = try time.map { try Anchor(time: $0, zone: zone) }
                if anchor == nil, isPinned {
                    throw UserError("There is no time of day to keep yet: give one. Nothing was changed.")
                }
                try await ScheduleStore(wiring.warehouse).change(connection) { schedule in
                    if let anchor, anchor != schedule.anchor { schedule.set(anchor, at: now) }
                    if isOn, !schedule.isOn { schedule.turnOn(at: now) }
                    if !isOn, schedule.isOn { schedule.turnOff() }
                    schedule.pin(isPinned && schedule.anchor != nil)
                }
            }
            try await wiring.audit(change.action, by: doer, connection, details: change.details)
        }
    }

    func refreshToken(of name: String, by doer: Doer) async throws {
        try await forPage {
            let connection = try await wiring.connection(name)
            let status = try await TokenStatus.of(connection, in: wiring.warehouse)
            _ = try await wiring.vault.source(connection).refreshTokens(past: status.stored?.generation ?? 0)
            try await wiring.audit(.connectionTokenRefreshed, by: doer, connection)
        }
    }

    private func zone(_ name: String?, _ connection: Connection) async throws -> TimeZone {
        guard let name else { return connection.settings.timeZone }
        guard let zone = TimeZone(identifier: name), name.contains("/") || name == "UTC" else {
            throw UserError("\"\(name)\" is not an IANA time zone such as Pacific/Auckland. Nothing was changed.")
        }
        try await ZoneCheck(wiring.warehouse).check(zone, of: connection.name)
        return zone
    }

    private func card(
        _ status: ConnectionStatus, _ trend: [RunInTrend], isServed: Bool, now: Instant
    ) -> ConnectionCard {
        let names = WorkflowMax.entities.map(\.name)
        let perParent = Set(WorkflowMax.entities.filter(\.isPerParent).map(\.name))
        var card = ConnectionCard(
            name: status.name, zone: status.zone ?? status.schedule.schedule.anchor?.zone ?? .gmt,
            state: state(status, isServed: isServed, now: now))
        card.lastRun = status.lastRun?.startedAt
        card.nextRun = status.nextRun(after: now)
        (card.tokenEndsAt, card.consentReason) = (
            status.tokenEndsAt, status.needsConsentAt.map { _ in status.consentReason ?? "" }
        )
        card.failedEntities = status.failed(among: names)
        (card.rejections, card.heldDeletions) = (status.rejections, status.heldDeletions)
        card.freshAt = status.stalest(among: names.filter { !perParent.contains($0) })?.readAt
        card.problems = status.problems
        card.trend = trend.map {
            ConnectionCard.Point(
                run: $0.run, startedAt: $0.startedAt, seconds: $0.seconds, rows: $0.pulled, status: $0.status)
        }
        return card
    }

    private func state(_ status: ConnectionStatus, isServed: Bool, now: Instant) -> ConnectionState {
        if !status.problems.isEmpty { return .unreadable }
        if let newest = status.newestRun, newest.status == .running { return newest.isDead ? .died : .running }
        if status.pausedAt != nil { return .paused }
        if status.needsConsentAt != nil { return .needsConsent }
        if !isServed, status.schedule.missedSlot(at: now) != nil { return .missed }
        guard let outcome = status.newestRun?.status.outcome else { return .neverRead }
        if outcome == .green, status.heldDeletions > 0 { return .held }
        if outcome == .green, status.entities.contains(where: { $0.status == .partial }) { return .partial }
        return .ended(outcome)
    }

    private func counts(
        _ status: ConnectionStatus, _ rows: [String: Int], _ changes: [String: Int]
    ) -> [ConnectionOverview.Count] {
        let parts = Dictionary(status.entities.map { ($0.entity, $0) }, uniquingKeysWith: { first, _ in first })
        return WorkflowMax.entities.map { entity in
            ConnectionOverview.Count(
                entity: entity.name, rows: rows[entity.name] ?? 0, change: changes[entity.name],
                readAt: parts[entity.name]?.readAt, status: parts[entity.name]?.status, isDated: entity.isDated,
                isReference: entity.kind == .reference, isPerParent: entity.isPerParent)
        }
    }

    /// Rows that a run added less rows that it marked as deleted, by entity.
    private func changes(in run: Int64?, _ log: RunLogReader) async throws -> [String: Int] {
        guard let run, let parts = try await log.run(run)?.parts else { return [:] }
        return Dictionary(
            parts.map { ($0.entity, $0.tally.inserted - $0.tally.markedDeleted) }, uniquingKeysWith: +)
    }
}

extension ScheduleChange {
    /// What the audit log calls it.
    fileprivate var action: AuditAction {
        switch self {
        case .set: .scheduleChanged
        case .pause: .connectionPaused
        case .resume: .connectionResumed
        }
    }

    /// What was asked for, for the audit log.
    fileprivate var details: [String: String] {
        guard case .set(let isOn, let time, let zone, let isPinned) = self else { return [:] }
        return ["on": "\(isOn)", "time": time ?? "", "zone": zone ?? "", "pinned": "\(isPinned)"]
    }
}

extension PageProblem {
    /// No connection has this name.
    static func noConnection(_ name: String) -> PageProblem {
        PageProblem(
            .notFound, "There is no connection \"\(name)\"", "It may have been removed or renamed.",
            remedy: .init("All connections", "/"))
    }
}

extension Wiring {
    /// The connection of a name, for a page.
    func connection(_ name: String) async throws -> Connection {
        try await ConnectionStore(warehouse).find(name)
    }
}
