public import Foundation
public import Inflow
internal import Postgres

/// What has been read of a connection and what still should be: coverage, watermarks, open documents, mentions.
public struct ReadLog: Sendable {
    private let warehouse: Warehouse
    private let connection: Connection

    /// The read log of a connection.
    public init(_ warehouse: Warehouse, _ connection: Connection) {
        self.warehouse = warehouse
        self.connection = connection
    }

    // MARK: before a run

    /// All that a plan is made from.
    public func state() async throws(WarehouseError) -> SyncState {
        try await warehouse.perform(purpose: "read log", doing: "reading what was read before") {
            session throws(PostgresError) in
            let id = PostgresParameter.int64(connection.id)
            var state = SyncState()
            for row in try session.query(
                "select entity, since from inflow.watermark where connection_id = $1", [id])
            {
                state.watermarks[try row.text("entity")] = try row.date("since")
            }
            for row in try session.query(
                """
                select entity, month::text as month, verified_at from inflow.coverage
                where connection_id = $1 and verified_at is not null
                """, [id])
            {
                let (entity, at) = (try row.text("entity"), try row.date("verified_at"))
                // A list without dates is of the month -infinity, which is no day.
                if let month = LocalDate(try row.text("month")) {
                    state.months.append(.init(entity: entity, month: month, verifiedAt: at))
                } else {
                    state.readWhole[entity] = at
                }
            }
            for row in try session.query(
                """
                select entity, sum(calls)::float8 / count(*) as calls
                from inflow.chunk
                where connection_id = $1 and status = 'loaded' and calls > 0 and ended_at > now() - interval '30 days'
                group by 1
                """, [id])
            {
                state.callsPerChunk[try row.text("entity")] = try row.double("calls")
            }
            for row in try session.query(
                """
                select entity, sum(pulled)::float8 / sum(span_until - span_from) as rows
                from inflow.chunk
                where connection_id = $1 and status = 'loaded' and span_from is not null
                    and span_from < current_date and ended_at > now() - interval '1 year'
                group by 1
                """, [id])
            {
                state.rowsPerDay[try row.text("entity")] = try row.double("rows")
            }
            for row in try session.query("select entity, size from inflow.span_size where connection_id = $1", [id]) {
                state.spanSizes[try row.text("entity")] = try row.require("size") { $0.string.flatMap(SpanSize.init) }
            }
            let spent = try session.query(
                """
                select coalesce(sum(calls), 0) as calls from inflow.chunk
                where connection_id = $1 and ended_at > now() - interval '24 hours'
                """, [id])
            state.callsSpent = try spent[0].int("calls")
            return state
        }
    }

    // MARK: after its chunks

    /// Sets an entity's watermark to when its last complete pull began, less the overlap; never back.
    public func setWatermark(
        _ entity: EntityDefinition, pulledAt: Instant, run: Int64
    ) async throws(WarehouseError) {
        let hours = connection.settings.overlapHours
        _ = try await warehouse.perform(purpose: "read log", doing: "setting the watermark of \(entity.name)") {
            session throws(PostgresError) in
            try session.query(
                """
                insert into inflow.watermark as w (connection_id, entity, since, run_id)
                values ($1, $2, $3::timestamptz - make_interval(hours => $4::integer), $5)
                on conflict (connection_id, entity) do update set
                    since = excluded.since, run_id = excluded.run_id, set_at = now()
                where w.since < excluded.since
                """,
                [.int64(connection.id), .text(entity.name), .timestamp(pulledAt), .int(hours), .int64(run)])
        }
    }

    /// Notes that all spans of an entity were read in one run, which is its whole.
    public func noteReadWhole(_ entity: EntityDefinition, at asked: Instant, run: Int64) async throws(WarehouseError) {
        _ = try await warehouse.perform(purpose: "read log", doing: "noting that \(entity.name) was read whole") {
            session throws(PostgresError) in
            try session.query(
                """
                insert into inflow.coverage as c (connection_id, entity, month, verified_at, rows_held, run_id)
                select $1, $2, '-infinity', $3, count(*), $4
                from \(quoted(entity.table)) t
                where t.connection_id = $1 and t.deleted_at is null
                on conflict (connection_id, entity, month) do update set
                    verified_at = excluded.verified_at, rows_held = excluded.rows_held, run_id = excluded.run_id
                """,
                [.int64(connection.id), .text(entity.name), .timestamp(asked), .int64(run)])
        }
    }

    /// Notes months of an entity as covered whose days one run has read all, in several spans.
    public func noteParts(
        _ entity: EntityDefinition, months: [LocalDate], run: Int64
    ) async throws(WarehouseError) {
        guard let day = entity.localDay(zone: "$5") else { return }
        let zone = connection.settings.timeZone.identifier
        _ = try await warehouse.perform(purpose: "read log", doing: "noting months that were read in parts") {
            session throws(PostgresError) in
            try session.query(
                """
                insert into inflow.coverage as c (
                    connection_id, entity, month, verified_at, rows_sent, rows_held, rows_rejected, run_id)
                select $1::bigint, $2, p.month, p.asked_at, p.sent, (
                        select count(*) from \(quoted(entity.table)) t
                        where t.connection_id = $1 and t.deleted_at is null and \(day) >= p.month
                            and \(day) < p.month + interval '1 month'
                    ), p.rejected, $3::bigint
                from (
                    select m.month::date as month, min(k.asked_at) as asked_at,
                        sum(k.pulled - k.rejected - k.duplicates) as sent, sum(k.rejected) as rejected,
                        range_agg(daterange(k.span_from, k.span_until)) as days
                    from unnest($4::text[]) m (month)
                    join inflow.chunk k on k.connection_id = $1 and k.run_id = $3 and k.entity = $2
                        and k.status = 'loaded' and k.span_from < m.month::date + interval '1 month'
                        and k.span_until > m.month::date
                    group by m.month
                ) p
                where p.days @> daterange(p.month, (p.month + interval '1 month')::date) and $5::text is not null
                on conflict (connection_id, entity, month) do update set
                    verified_at = excluded.verified_at, rows_sent = excluded.rows_sent, rows_held = excluded.rows_held,
                    rows_rejected = excluded.rows_rejected, run_id = excluded.run_id
                where c.verified_at is null or c.verified_at <= excluded.verified_at
                """,
                [
                    .int64(connection.id), .text(entity.name), .int64(run), .textArray(months.map(\.description)),
                    .text(zone),
                ])
        }
    }

    /// Remembers how large a span a call of a backfill is to ask for.
    public func remember(_ size: SpanSize, of entity: EntityDefinition, seconds: Double?) async throws(WarehouseError) {
        _ = try await warehouse.perform(purpose: "read log", doing: "remembering the size of spans") {
            session throws(PostgresError) in
            try session.query(
                """
                insert into inflow.span_size (connection_id, entity, size, seconds) values ($1, $2, $3, $4)
                on conflict (connection_id, entity) do update set
                    size = excluded.size, seconds = excluded.seconds, set_at = now()
                """,
                [
                    .int64(connection.id), .text(entity.name), .text(size.description),
                    seconds.map { .double($0) } ?? .null,
                ])
        }
    }

    /// What is to be read since it has left the open lists: keys, and whole months where these cost fewer calls.
    public struct Left: Sendable, Hashable {
        /// What `get` asks for, of single records.
        public var keys: [String] = []
        /// Months, by their first days.
        public var months: [LocalDate] = []
        /// Whether the lists held nothing although they did before.
        public var listsAreEmpty = false
    }

    /// Finds documents that are open or draft in the table and absent from all sweeps asked for since `swept`.
    ///
    /// Those are what the sweep before listed, and what has been written since that sweep and stands in a state in which the
    /// listed ones stand. Documents of a month that was read whole after the sweeps are known already.
    public func findLeft(_ entity: EntityDefinition, swept: Instant) async throws(WarehouseError) -> Left {
        let key = entity.keyText()
        let asked = quoted(entity.get?.keyColumn ?? entity.key.first ?? "")
        let zone = connection.settings.timeZone.identifier
        let day = entity.localDay(zone: "$4") ?? "null::date"
        let state = entity.state.map { state in
            """
            or (
                t.changed_at > (select coalesce(max(swept_at), '-infinity') from swept_before)
                and t.\(quoted(state)) in (select state from open_states)
            )
            """
        }
        let statement = """
            with open_now as materialized (
                select key from inflow.open_document
                where connection_id = $1 and entity = $2 and seen_at >= $3
            ), open_before as materialized (
                select key, seen_at from inflow.open_document
                where connection_id = $1 and entity = $2 and seen_at < $3
            ), swept_before as materialized (
                select swept_at from inflow.sweep where connection_id = $1 and entity = $2
            ), open_states as materialized (
                select distinct \(entity.state.map { "t." + quoted($0) } ?? "null::text") as state
                from open_now o
                join \(quoted(entity.table)) t on t.connection_id = $1 and \(key) = o.key
            ), found as (
                select \(key) as key, t.\(asked)::text as asked, \(day) as day
                from \(quoted(entity.table)) t
                where t.connection_id = $1 and t.deleted_at is null and t.asked_at < $3
                    and \(key) not in (select key from open_now)
                    and (\(key) in (select key from open_before) \(state ?? ""))
                    and $4::text is not null
            ), marked as (
                insert into inflow.open_document (connection_id, entity, key, seen_at, run_id)
                select $1, $2, f.key, '-infinity', 0 from found f
                where \(ReadLog.isUnread(entity))
                on conflict (connection_id, entity, key) do update set seen_at = '-infinity'
            ), done as (
                delete from inflow.open_document d
                where d.connection_id = $1 and d.entity = $2 and d.seen_at < $3
                    and d.key not in (select f.key from found f where \(ReadLog.isUnread(entity)))
            )
            select f.asked, date_trunc('month', f.day::timestamp)::date::text as month,
                (select count(*) from open_now) as listed, (select count(*) from open_before) as before
            from (select) as one
            left join found f on \(ReadLog.isUnread(entity))
            """
        return try await warehouse.perform(
            purpose: "read log", doing: "finding what has left the open lists of \(entity.name)"
        ) {
            session throws(PostgresError) in
            let rows = try session.query(
                statement,
                [.int64(connection.id), .text(entity.name), .timestamp(swept), .text(zone)])
            try session.query(
                """
                update inflow.sweep set swept_at = $3 where connection_id = $1 and entity = $2
                """, [.int64(connection.id), .text(entity.name), .timestamp(swept)])
            var left = Left()
            var months: [LocalDate: [String?]] = [:]
            for row in rows {
                let (listed, before) = (try row.int("listed"), try row.int("before"))
                left.listsAreEmpty = listed == 0 && before > 0
                if let month = try row.optionalText("month").flatMap({ LocalDate($0) }) {
                    months[month, default: []].append(try row.optionalText("asked"))
                } else if let asked = try row.optionalText("asked"), !asked.isEmpty {
                    left.keys.append(asked)
                }
            }
            for (month, asked) in months {
                // A month is one call, as each record is.
                if asked.count == 1, entity.get != nil, let one = asked[0], !one.isEmpty {
                    left.keys.append(one)
                } else {
                    left.months.append(month)
                }
            }
            left.keys.sort()
            left.months.sort()
            return left
        }
    }

    /// Rows whose month was read whole after the sweeps are known.
    private static func isUnread(_ entity: EntityDefinition) -> String {
        """
        not exists (
                select from inflow.coverage c
                where c.connection_id = $1 and c.entity = $2 and c.verified_at >= $3
                    and c.month = date_trunc('month', f.day::timestamp)::date
            )
        """
    }

    /// Months of documents that were asked for by key and not found: their lists tell whether they are gone.
    public func monthsStillLeft(_ entity: EntityDefinition) async throws(WarehouseError) -> [LocalDate] {
        let (key, day) = (entity.keyText(), entity.localDay(zone: "$3") ?? "null::date")
        return try await warehouse.perform(purpose: "read log", doing: "finding what was not found of \(entity.name)") {
            session throws(PostgresError) in
            try session.query(
                """
                select distinct date_trunc('month', (\(day))::timestamp)::date::text as month
                from inflow.open_document o
                join \(quoted(entity.table)) t on t.connection_id = o.connection_id and \(key) = o.key
                where o.connection_id = $1 and o.entity = $2 and o.seen_at = '-infinity' and t.deleted_at is null
                    and $3::text is not null
                order by 1
                """,
                [.int64(connection.id), .text(entity.name), .text(connection.settings.timeZone.identifier)]
            ).read { row throws(PostgresError) in try row.optionalText("month") }.compactMap {
                $0.flatMap { LocalDate($0) }
            }
        }
    }

    /// Forgets the documents that had left the open lists, when all that can be asked about them has been.
    public func forgetLeft(_ entity: EntityDefinition) async throws(WarehouseError) {
        _ = try await warehouse.perform(purpose: "read log", doing: "forgetting what has left the open lists") {
            session throws(PostgresError) in
            try session.query(
                "delete from inflow.open_document where connection_id = $1 and entity = $2 and seen_at = '-infinity'",
                [.int64(connection.id), .text(entity.name)])
        }
    }

    // MARK: mentions

    /// Numbers that documents mention and the entity's table lacks, but for those the platform did not know this week.
    public func mentioned(_ entity: EntityDefinition) async throws(WarehouseError) -> [String] {
        guard let number = entity.get?.keyColumn ?? entity.key.first, !entity.mentionedIn.isEmpty else { return [] }
        let mentions = entity.mentionedIn.map { mention in
            "select \(quoted(mention.column)) as number from \(quoted(mention.table)) where connection_id = $1"
                + (mention.isRecord ? " and deleted_at is null" : "")
        }
        return try await warehouse.perform(purpose: "read log", doing: "finding \(entity.name)s that documents mention")
        { session throws(PostgresError) in
            try session.query(
                """
                select distinct m.number
                from (\(mentions.joined(separator: " union "))) m
                left join \(quoted(entity.table)) t on t.connection_id = $1 and t.\(quoted(number)) = m.number
                left join inflow.unknown_number u on u.connection_id = $1 and u.entity = $2 and u.number = m.number
                    and u.asked_at > now() - interval '7 days'
                where m.number <> '' and t.connection_id is null and u.connection_id is null
                order by 1
                """,
                [.int64(connection.id), .text(entity.name)]
            ).texts("number")
        }
    }

    /// Notes the numbers that were asked for and that the table still lacks.
    public func noteUnknown(_ entity: EntityDefinition, _ numbers: [String]) async throws(WarehouseError) {
        guard let number = entity.get?.keyColumn ?? entity.key.first else { return }
        _ = try await warehouse.perform(purpose: "read log", doing: "noting unknown numbers") {
            session throws(PostgresError) in
            try session.query(
                """
                insert into inflow.unknown_number (connection_id, entity, number, asked_at)
                select $1, $2, n.number, now()
                from unnest($3::text[]) n (number)
                left join \(quoted(entity.table)) t on t.connection_id = $1 and t.\(quoted(number)) = n.number
                where t.connection_id is null
                on conflict (connection_id, entity, number) do update set asked_at = now()
                """,
                [.int64(connection.id), .text(entity.name), .textArray(numbers)])
        }
    }
}
