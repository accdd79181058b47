import Foundation
import Inflow
import Warehouse

/// The status of a connection, as a person or a program reads it.
struct StatusDocument: Encodable {
    struct Anchor: Encodable {
        let at: String
        let zone: String
    }

    struct Entity: Encodable {
        let entity: String
        let rows: Int
        let readAt: OrNull<Date>
        /// How its last reading ended; null where there was none, or Inflow does not read it by choice.
        var status: OrNull<PartStatus>
        /// Whether the setting `values` leaves it out.
        var isLeftOut = false

        private enum CodingKeys: String, CodingKey { case entity, rows, readAt, status }
    }

    let connection: String
    /// When the last successful full run began.
    let lastRun: OrNull<Date>
    /// When the next scheduled run begins.
    let nextRun: OrNull<Date>
    /// When the scheduled run was due that no process has begun.
    let missedRun: OrNull<Date>
    /// Whether any process serves the warehouse.
    let isServed: Bool
    let enabled: Bool
    let isPinned: Bool
    let anchor: OrNull<Anchor>
    /// The number of the run that began at `lastRun`.
    let lastRunNumber: OrNull<Int64>
    let newestRun: OrNull<ConnectionStatus.Run>
    let pausedAt, needsConsentAt: OrNull<Date>
    let consentReason: OrNull<String>
    let tokenEndsAt: OrNull<Date>
    let tokenDaysLeft: OrNull<Int>
    let rows: Int
    /// How many entities the last full run failed to read, and which.
    let errors: Int
    let failedEntities: [String]
    let rejections, heldDeletions: Int
    /// The oldest reading of any list, and which entity that is; null until every list was read.
    ///
    /// ``values`` says how far the others are.
    let freshAt: OrNull<Date>
    let stalestEntity: OrNull<String>
    let callsLeftToday, callsLeftThisMinute: OrNull<Int>
    let queued, running: Int
    let incidents: [String: Int]
    private(set) var entities: [Entity]
    /// What this machine cannot read of the connection, in words.
    let problems: [String]
    /// The backlog of entities that cost one call for each record; only for one connection or with `--json`.
    private(set) var values: PerParentStatus?
    /// What has changed in closed months; null before it was asked for, which it is for one connection only.
    var closedMonths = OrNull<ClosedMonths>(nil)
    /// The size of the warehouse on disk, with all connections; null before it was asked for.
    var warehouseBytes = OrNull<Int>(nil)

    /// The time zone in which text shows instants: the connection's, or else the anchor's; UTC if this machine knows
    /// neither, which ``problems`` then says.
    let zone: TimeZone

    private enum CodingKeys: String, CodingKey {
        case connection, lastRun, nextRun, missedRun, isServed, enabled, isPinned, anchor, lastRunNumber, newestRun,
            pausedAt, needsConsentAt
        case consentReason, tokenEndsAt, tokenDaysLeft, rows, errors, failedEntities, rejections, heldDeletions, freshAt
        case stalestEntity, callsLeftToday, callsLeftThisMinute, queued, running, incidents, entities, problems
        case values, closedMonths, warehouseBytes
    }

    /// Creates the document from a status; `rows` counts each entity's table, `known` lists the entities of the
    /// catalogue in order, and `values` those of them that cost one call for each record.
    init(
        _ status: ConnectionStatus, rows: [String: Int], known: [String], values: Set<String> = [],
        isServed: Bool = true, now: Instant
    ) {
        connection = status.name
        lastRun = OrNull(status.lastRun?.startedAt)
        nextRun = OrNull(status.nextRun(after: now))
        // A daemon begins a run within seconds.
        let missed = isServed || status.pausedAt != nil ? nil : status.schedule.missedSlot(at: now)
        missedRun = OrNull(missed.map { status.schedule.begin($0) })
        self.isServed = isServed
        enabled = status.isEnabled
        isPinned = status.schedule.schedule.isPinned
        let anchor = status.schedule.schedule.anchor
        self.anchor = OrNull(anchor.map { Anchor(at: $0.time, zone: $0.zone.identifier) })
        zone = status.zone ?? anchor?.zone ?? .gmt
        problems = status.problems
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
        let stalest = status.stalest(among: known.filter { !values.contains($0) })
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

    /// Adds how far values are read: an entity that lacks some is partial, and one that is not read has no status.
    mutating func add(_ values: PerParentStatus) {
        self.values = values
        for kind in values.kinds {
            guard let place = entities.firstIndex(where: { $0.entity == kind.entity }) else { continue }
            entities[place].isLeftOut = !kind.read
            if !kind.read { entities[place].status = OrNull(nil) }
            if kind.read, kind.used, !kind.complete, entities[place].status.value == .green {
                entities[place].status = OrNull(.partial)
            }
        }
    }

    /// The most urgent state, in a word or two.
    var state: String {
        if !problems.isEmpty { return "problem" }
        if let newest = newestRun.value, newest.status == .running { return newest.isDead ? RunText.died : "running" }
        if pausedAt.value != nil { return "paused" }
        if needsConsentAt.value != nil { return "consent" }
        if missedRun.value != nil { return "nothing serves" }
        if newestRun.value?.status == .ended(.green), heldDeletions > 0 { return "held" }
        if newestRun.value?.status == .ended(.green), entities.contains(where: { $0.status.value == .partial }) {
            return PartStatus.partial.rawValue
        }
        return newestRun.value?.status.rawValue ?? "never read"
    }
}
