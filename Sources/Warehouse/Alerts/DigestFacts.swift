internal import Foundation
internal import Inflow
internal import Postgres
internal import SQLFiles

/// Reads what a connection's digest says, in the transaction that writes it.
struct DigestFacts {
    let connection: Connection
    /// All entities of the platform, in loading order.
    let known: [EntityDefinition]
    /// Findings of the quality report, counted before; `nil` where they could not be.
    var findings: Int?

    /// How many runs that did not go well a digest names.
    private static let mostFailures = 5

    init(connection: Connection, known: [EntityDefinition]) {
        (self.connection, self.known) = (connection, known)
    }

    /// The digest of the seven local days before a slot; `nil` where the connection is gone.
    func digest(
        _ slot: Slot, _ now: Instant, _ session: isolated PostgresConnection
    ) throws(PostgresError) -> WeeklyDigest? {
        guard let status = try ConnectionStatusReader.read(connection.id, now: now, session).first else { return nil }
        let zone = connection.settings.timeZone
        let before = connection.settings.digest.lastSlot(
            atOrBefore: slot.instant.addingTimeInterval(-1), in: zone)?.instant
        var digest = WeeklyDigest(
            connection: connection.name, zone: zone, from: before ?? slot.instant.addingTimeInterval(-7 * 86_400),
            until: slot.instant, madeAt: now)
        try takeRuns(into: &digest, session)
        digest.entities = try entities(of: digest, status, session)
        let examples = IncidentExamples(connection: connection.id, known: known)
        (digest.held, digest.rejections) = (status.heldDeletions, status.rejections)
        if digest.held > 0 { digest.heldExamples = try examples.held(session) }
        if digest.rejections > 0 { digest.rejectionExamples = try examples.rejected(session) }
        digest.findings = findings
        digest.callsLeft = status.callsLeftToday
        digest.tokenDays = status.tokenDaysLeft(at: now)
        digest.consentReason = status.needsConsentAt.map { _ in
            status.consentReason ?? "A person must authorise it again."
        }
        digest.nextRun = status.nextRun(after: now)
        return digest
    }

    private func takeRuns(
        into digest: inout WeeklyDigest, _ session: isolated PostgresConnection
    ) throws(PostgresError) {
        let week: [PostgresParameter] = [
            .int64(connection.id), .timestamp(digest.from), .timestamp(digest.until),
        ]
        let which = "r.connection_id = $1 and r.started_at >= $2 and r.started_at < $3 and r.status <> 'running'"
        let counted = try session.query(
            """
            select r.trigger, r.status, count(*) as runs, sum(r.calls)::bigint as calls from inflow.run r
            where \(which) group by 1, 2 order by 1, 2
            """, week
        ).read { row throws(PostgresError) in
            (
                WeeklyDigest.Runs(
                    trigger: try row.word("trigger", of: "inflow.run.trigger"),
                    outcome: try row.word("status", of: "inflow.run.status"), count: try row.int("runs")),
                try row.int("calls")
            )
        }
        digest.runs = counted.map(\.0)
        digest.calls = counted.reduce(0) { $0 + $1.1 }
        let names = RecordNames(connection: connection.id, known: known)
        digest.failures = try session.query(
            """
            select r.id, r.status, r.started_at, r.error from inflow.run r
            where \(which) and not inflow.run_succeeded(r.status) and r.trigger <> 'values'
            order by r.id desc limit $4
            """, week + [.int(DigestFacts.mostFailures)]
        ).read { row throws(PostgresError) in
            WeeklyDigest.Failure(
                run: try row.int64("id"), outcome: try row.word("status", of: "inflow.run.status"),
                startedAt: try row.date("started_at"),
                error: try row.optionalText("error").map { error throws(PostgresError) in
                    try names.naming(error, session)
                })
        }
    }

    private func entities(
        of digest: WeeklyDigest, _ status: ConnectionStatus, _ session: isolated PostgresConnection
    ) throws(PostgresError) -> [WeeklyDigest.Entity] {
        var changes: [String: WeeklyDigest.Changes] = [:]
        for row in try session.query(
            Statements.digestChanges, [.int64(connection.id), .timestamp(digest.from), .timestamp(digest.until)])
        {
            changes[try row.text("entity")] = WeeklyDigest.Changes(
                inserted: try row.int("inserted"), updated: try row.int("updated"), marked: try row.int("marked"))
        }
        let complete = try completeness(session)
        let values = try ValueState.read(connection.id, session)
        return known.map { definition in
            var entity = WeeklyDigest.Entity(definition.name)
            entity.changes = changes[definition.name] ?? WeeklyDigest.Changes()
            if definition.isPerParent {
                let isWanted = connection.settings.values.contains { $0 == definition.perParent?.kind }
                entity.completeness = values[definition.name]?.completeness ?? (isWanted ? .nothing(.never) : .leftOut)
            } else {
                entity.readAt = status.entities.first { $0.entity == definition.name }?.readAt
                // What is derived has no answers of its own: it is as complete as what it is derived from.
                var source: String?
                if case .derived(let from, _) = definition.window { source = from }
                entity.completeness =
                    complete[definition.name] ?? source.flatMap { complete[$0] } ?? .nothing(.never)
            }
            return entity
        }
    }

    /// What the readings of each list prove.
    private func completeness(
        _ session: isolated PostgresConnection
    ) throws(PostgresError) -> [String: Completeness] {
        var lists: [String: Completeness] = [:]
        var months: [String: [Completeness.Month]] = [:]
        for row in try session.query(
            """
            select entity, case when isfinite(month) then month::text end as month, complete_to::text as complete_to,
                is_complete, reason
            from inflow.coverage_state($1)
            """, [.int64(connection.id)])
        {
            let entity = try row.text("entity")
            let reason: GapReason? = try row.optionalWord("reason", of: "inflow.coverage_state.reason")
            let day = { (name: String) throws(PostgresError) in
                try row.read(name) { $0.string.flatMap { LocalDate($0) } }
            }
            if let first = try day("month") {
                months[entity, default: []].append(
                    Completeness.Month(
                        first: first, completeTo: try day("complete_to"), isComplete: try row.bool("is_complete"),
                        reason: reason))
            } else {
                lists[entity] = reason.map { .nothing($0) } ?? .complete
            }
        }
        return lists.merging(months.mapValues { Completeness($0) }) { _, dated in dated }
    }
}
