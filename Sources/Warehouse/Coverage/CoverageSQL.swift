internal import Inflow

/// The SQL, made from an entity's definition, that finds what was read of it and what is still to be read.
///
/// Each statement takes $1 connection and $2 entity; further parameters are named at the statement. Every warehouse
/// table is joined on `connection_id` and the key (``MergeSQL``). `zone` is a parameter where the record's date is an
/// instant, whose local day depends on it; `is not null` then gives the parameter a use, and a type, in statements
/// that lack one.
struct CoverageSQL: Sendable {
    let entity: EntityDefinition

    init(_ entity: EntityDefinition) { self.entity = entity }

    var table: String { quoted(entity.table) }

    /// The column whose value `get` asks for: the record's number, or else its key.
    var askedColumn: String { quoted(entity.get?.keyColumn ?? entity.key.first ?? "") }

    // MARK: coverage

    /// Notes that all spans were read in one run; $3 when the first was asked for, $4 run.
    var noteReadWhole: String {
        """
        insert into inflow.coverage as c (connection_id, entity, month, verified_at, rows_held, run_id)
        select $1, $2, '\(CoverageStore.wholeList)', $3, count(*), $4
        from \(table) t
        where t.connection_id = $1 and t.deleted_at is null
        on conflict (connection_id, entity, month) do update set
            verified_at = excluded.verified_at, rows_held = excluded.rows_held, run_id = excluded.run_id
        where c.verified_at is null or c.verified_at <= excluded.verified_at
        """
    }

    /// Notes the months all of whose days the run's loaded spans hold; nil for an entity without dates.
    ///
    /// $3 run, $4 first days of the months, $5 zone. The month counts as verified when the oldest span was asked for. A
    /// month of which rows are missing or held is not.
    var noteParts: String? {
        guard let day = entity.localDay(zone: "$5") else { return nil }
        return """
            insert into inflow.coverage as c (
                connection_id, entity, month, verified_at, rows_sent, rows_held, rows_rejected, run_id)
            select $1::bigint, $2, p.month, p.asked_at, p.sent, (
                    select count(*) from \(table) t
                    where t.connection_id = $1 and t.deleted_at is null and \(day) >= p.month
                        and \(day) < p.month + interval '1 month'
                ), p.rejected, $3::bigint
            from (
                select m.month::date as month, min(k.asked_at) as asked_at,
                    sum(k.pulled - k.rejected - k.duplicates - k.outside) as sent, sum(k.rejected) as rejected,
                    sum(k.outside) as outside,
                    range_agg(daterange(k.span_from, k.span_until)) as days
                from unnest($4::text[]) m (month)
                join inflow.chunk k on k.connection_id = $1 and k.run_id = $3 and k.entity = $2
                    and k.status = 'loaded' and k.span_from < m.month::date + interval '1 month'
                    and k.span_until > m.month::date
                group by m.month
            ) p
            where p.outside = 0 and p.days @> daterange(p.month, (p.month + interval '1 month')::date) and $5::text is not null
                and not exists (
                    select from inflow.missing m
                    where m.connection_id = $1 and m.entity = $2 and m.status <> 'kept' and m.dated_on >= p.month
                        and m.dated_on < p.month + interval '1 month'
                )
            on conflict (connection_id, entity, month) do update set
                verified_at = excluded.verified_at, rows_sent = excluded.rows_sent, rows_held = excluded.rows_held,
                rows_rejected = excluded.rows_rejected, run_id = excluded.run_id
            where c.verified_at is null or c.verified_at <= excluded.verified_at
            """
    }

    /// Notes that a list was read whole in a run ($3), where none of its rows are missing or held any more.
    var noteList: String {
        """
        insert into inflow.coverage as c (
            connection_id, entity, month, verified_at, rows_sent, rows_held, rows_rejected, run_id)
        select $1::bigint, $2, '\(CoverageStore.wholeList)', k.asked_at, k.pulled - k.rejected - k.duplicates,
            (select count(*) from \(table) t where t.connection_id = $1 and t.deleted_at is null), k.rejected, $3::bigint
        from inflow.chunk k
        where k.connection_id = $1 and k.run_id = $3 and k.entity = $2 and k.chunk = 'whole' and k.status = 'loaded'
            and k.outside = 0
            and not exists (
                select from inflow.missing m where m.connection_id = $1 and m.entity = $2 and m.status <> 'kept'
            )
        on conflict (connection_id, entity, month) do update set
            verified_at = excluded.verified_at, rows_sent = excluded.rows_sent, rows_held = excluded.rows_held,
            rows_rejected = excluded.rows_rejected, run_id = excluded.run_id
        where c.verified_at is null or c.verified_at <= excluded.verified_at
        """
    }

    // MARK: open documents

    /// Finds the documents that have left the open lists, marks those still to be read and forgets the others.
    ///
    /// $3 when the first of the lists was asked for, $4 zone. A row for each document found: `asked` and `month`; on
    /// every row `listed` and `before`, the numbers of documents that the lists name now and named before. One row
    /// with nulls where nothing was found.
    var findLeft: String {
        let key = entity.keyText()
        return """
            with \(CoverageSQL.openLists)
            ), open_states as materialized (
                select distinct \(entity.state.map { "t." + quoted($0) } ?? "null::text") as state
                from open_now o
                join \(table) t on t.connection_id = $1 and \(key) = o.key
            ), found as (
                select \(key) as key, t.\(askedColumn)::text as asked,
                    \(entity.localDay(zone: "$4") ?? "null::date") as day
                from \(table) t
                where t.connection_id = $1 and t.deleted_at is null and t.asked_at < $3
                    and \(key) not in (select key from open_now)
                    and (\(key) in (select key from open_before)\(indented(isWrittenAsOpen, by: 8)))
                    and $4::text is not null
            ), marked as (
                insert into inflow.open_document (connection_id, entity, key, seen_at, run_id, left_at)
                select $1, $2, f.key, 'epoch', 0, $3 from found f
                where \(indented(CoverageSQL.isUnread, by: 8))
                on conflict (connection_id, entity, key) do update set seen_at = 'epoch', left_at = $3
            ), done as (
                delete from inflow.open_document d
                where d.connection_id = $1 and d.entity = $2 and d.seen_at < $3
                    and d.key not in (
                        select f.key from found f
                        where \(indented(CoverageSQL.isUnread, by: 16))
                    )
            )
            select f.asked, date_trunc('month', f.day::timestamp)::date::text as month,
                (select count(*) from open_now) as listed, (select count(*) from open_before) as before
            from (select) as one
            left join found f on \(indented(CoverageSQL.isUnread, by: 4))
            """
    }

    /// What the open lists name now and named before, and when they were read before.
    private static let openLists = """
        open_now as materialized (
            select key from inflow.open_document
            where connection_id = $1 and entity = $2 and seen_at >= $3
        ), open_before as materialized (
            select key, seen_at from inflow.open_document
            where connection_id = $1 and entity = $2 and seen_at < $3
        ), swept_before as materialized (
            select swept_at from inflow.sweep where connection_id = $1 and entity = $2
        """

    /// What was written since the sweep before and is in one of the states in which the listed documents are.
    private var isWrittenAsOpen: String {
        guard let state = entity.state else { return "" }
        return """
             or (
                t.changed_at > (select coalesce(max(swept_at), '-infinity') from swept_before)
                and t.\(quoted(state)) in (select state from open_states)
            )
            """
    }

    /// Whether the month of a document `f` was not read whole after the sweeps.
    private static let isUnread = """
        not exists (
            select from inflow.coverage c
            where c.connection_id = $1 and c.entity = $2 and c.verified_at >= $3
                and c.month = date_trunc('month', f.day::timestamp)::date
        )
        """

    /// The months of the documents that have left the open lists and are still to be read; $3 zone.
    var monthsStillLeft: String {
        let day = entity.localDay(zone: "$3") ?? "null::date"
        return """
            select distinct date_trunc('month', (\(day))::timestamp)::date::text as month
            from inflow.open_document o
            join \(table) t on t.connection_id = o.connection_id and \(entity.keyText()) = o.key
            where o.connection_id = $1 and o.entity = $2 and o.seen_at = 'epoch' and t.deleted_at is null
                and $3::text is not null
            order by 1
            """
    }

    // MARK: mentioned numbers

    /// The numbers that documents mention and the table lacks, without those unknown to the platform this week: those
    /// never asked for first, then the ones asked longest ago, and of these the most mentioned first.
    ///
    /// Nil for an entity that no document mentions.
    var mentioned: String? {
        guard !entity.mentionedIn.isEmpty, !entity.key.isEmpty else { return nil }
        let mentions = entity.mentionedIn.map { mention in
            "select \(quoted(mention.column)) as number from \(quoted(mention.table)) where connection_id = $1"
                + (mention.isRecord ? " and deleted_at is null" : "")
        }
        return """
            select m.number
            from (\(mentions.joined(separator: " union all "))) m
            left join \(table) t on t.connection_id = $1 and t.\(askedColumn) = m.number
            left join inflow.unknown_number u on u.connection_id = $1 and u.entity = $2 and u.number = m.number
                and u.asked_at > now() - interval '7 days'
            where m.number <> '' and t.connection_id is null and u.is_unknown is not true
            group by m.number
            order by max(u.asked_at) nulls first, count(*) desc, m.number
            """
    }

    /// Notes the numbers, $3, that the table still lacks after they were asked for, and which of them are unknown to
    /// the platform, $4; nil for an entity without a key.
    var noteUnknown: String? {
        guard !entity.key.isEmpty else { return nil }
        return """
            insert into inflow.unknown_number (connection_id, entity, number, is_unknown, asked_at)
            select $1, $2, n.number, n.number = any ($4::text[]), now()
            from unnest($3::text[]) n (number)
            left join \(table) t on t.connection_id = $1 and t.\(askedColumn) = n.number
            where t.connection_id is null
            on conflict (connection_id, entity, number) do update set asked_at = now(),
                is_unknown = excluded.is_unknown
            """
    }
}
