internal import Foundation
internal import Inflow
internal import Postgres

extension ConnectionFacts {
    /// Reads the facts of a connection, and the database's clock.
    ///
    /// `entities` are those that exist: what an earlier Inflow read and this one does not is no stale table. What is
    /// known of consent, pauses and refresh tokens is asked for by column, whether or not this warehouse has the
    /// column.
    static func read(
        _ connection: Int64, entities: [String], _ session: isolated PostgresConnection
    ) throws(PostgresError) -> (facts: ConnectionFacts, now: Instant) {
        let id = PostgresParameter.int64(connection)
        var facts = ConnectionFacts()
        let row = try session.query(presentState, [id] + PostgresParameter.refreshTokenDays)[0]
        facts.heldDeletions = try row.int("held")
        facts.openRejections = try row.int("rejections")
        facts.isPaused = try row.bool("paused")
        facts.refreshEndsAt = try row.optionalDate("refresh_ends_at")
        if try row.bool("needs_consent") {
            facts.consentReason = try row.optionalText("consent_reason") ?? "A person must authorise it again."
        }
        let last = try session.query(
            """
            select id, status, error, finished_at from inflow.run
            where connection_id = $1 and status <> 'running' and inflow.is_sync_all(trigger)
            order by id desc limit 1
            """, [id])
        if let run = last.first {
            facts.lastFullRun = try Run(
                id: run.int64("id"), outcome: run.word("status", of: "inflow.run.status"),
                error: run.optionalText("error"),
                finishedAt: run.date("finished_at"))
        }
        facts.hasCompleteRun =
            try session.query(
                """
                select exists (
                    select from inflow.run
                    where connection_id = $1 and inflow.is_sync_all(trigger) and inflow.run_succeeded(status)
                ) as has_one
                """, [id])[0].bool("has_one")
        facts.readings = try session.query(readingTimes, [id, .textArray(entities)]).read {
            row throws(PostgresError) in
            try Reading(
                entity: row.text("entity"), verifiedAt: row.optionalDate("verified_at"),
                firstAskedAt: row.date("first_asked_at"))
        }
        return (facts, try row.require("now") { $0.date })
    }

    /// A run that ended for want of consent counts until tokens were stored after it.
    ///
    /// `$2` and `$3` are the name and the default of `refresh-token-days`.
    private static let presentState = """
        select clock_timestamp() as now,
            (
                select count(*) from inflow.missing m where m.connection_id = c.id and m.status = 'held'
            ) as held,
            (
                select count(*) from inflow.rejection r where r.connection_id = c.id and r.status = 'open'
            ) as rejections,
            to_jsonb(c) ->> 'paused_at' is not null as paused,
            to_jsonb(c) ->> 'needs_consent_at' is not null
                or coalesce(last.status = 'consent' and coalesce(t.stored_at < last.finished_at, true), false)
                as needs_consent,
            coalesce(to_jsonb(c) ->> 'consent_reason', last.error) as consent_reason,
            (to_jsonb(t) ->> 'refresh_issued_at')::timestamptz
                + make_interval(days => coalesce((c.settings ->> $2::text)::integer, $3::integer))
                as refresh_ends_at
        from inflow.connection c
        left join lateral (
            select status, finished_at, error from inflow.run
            where connection_id = c.id and status not in ('running', 'interrupted')
            order by id desc limit 1
        ) last on true
        left join lateral (
            select * from inflow.token where connection_id = c.id order by generation desc limit 1
        ) t on true
        where c.id = $1
        """

    /// An entity was read completely by a Sync All when its part neither failed nor was skipped; rejected records and
    /// held deletions have incidents of their own.
    ///
    /// It is as fresh as the oldest answer it was made from: a run that continues another one has its answers, too.
    private static let readingTimes = """
        select e.entity, min(r.started_at) as first_asked_at,
            max(inflow.read_at(r, e.entity)) filter (where inflow.run_succeeded(e.status)) as verified_at
        from inflow.run r
        join inflow.entity_run e on e.run_id = r.id
        where r.connection_id = $1 and r.status <> 'running' and inflow.is_sync_all(r.trigger)
            and e.entity = any ($2)
        group by e.entity
        """
}

extension PostgresParameter {
    /// Name and default of the setting that says how long an unused refresh token lives, for statements that need both.
    ///
    /// The warehouse stores only settings that differ from their defaults, so a statement that reads one must have its
    /// default; the table of settings is the only place that has it.
    static var refreshTokenDays: [PostgresParameter] {
        let setting = ConnectionSetting.refreshTokenDays
        return [.text(setting.name), .int(setting.defaultValue)]
    }
}
