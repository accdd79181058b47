internal import Inflow

/// What a whole answer says of the rows it does not hold, and what it proves to have been read.
///
/// Parameters of all: $1 connection, $2 entity. A span's come last, from `$first` on: its first day, the day after
/// its last, and the zone whose days they are.
extension MergeSQL {
    /// Whether that date is an instant, whose local day depends on the zone.
    var isDatedByInstant: Bool { entity.dateColumn.map { $0.kind != .date } ?? false }

    private func day(_ row: String, zone: Int) -> String? { entity.localDay(row, zone: "$\(zone)") }

    /// The rows an answer is about, exactly: those of its days, or all of the connection.
    private func exactly(_ chunk: Chunk, first: Int) -> String? {
        guard case .span = chunk else { return "t.connection_id = $1" }
        guard let column = entity.dateColumn, let day = day("t", zone: first + 2) else { return nil }
        let name = "t.\(quoted(column.name))"
        let near = """
            t.connection_id = $1 and \(name) >= $\(first)::date - 1 and \(name) < $\(first + 1)::date + 1
            """
        return column.kind == .date
            ? "t.connection_id = $1 and \(name) >= $\(first)::date and \(name) < $\(first + 1)::date"
            : "\(near) and \(day) >= $\(first)::date and \(day) < $\(first + 1)::date"
    }

    private var keyText: String { entity.keyText("t") }
    private var stagedKeyText: String { entity.keyText("s") }

    /// Notes the rows that the answer should have held and does not; too many at once are held for a person.
    ///
    /// $3 chunk, $4 run, $5 when the answer was asked for, $6 rows and $7 percent up to which nothing is held, $8
    /// records in the answer. A row written since the answer was asked for is not judged by it, and one that was
    /// rejected is present. Returns one row: `missing` and `held`.
    func noteMissing(_ chunk: Chunk) -> String? {
        guard let extent = exactly(chunk, first: 9) else { return nil }
        let dated = { if case .span = chunk { self.day("t", zone: 11) ?? "null::date" } else { "null::date" } }()
        return """
            with present as materialized (
                select \(list(entity.key, "t.")), \(keyText) as key_text,
                    \(dated) as dated_on
                from \(target) t
                where \(extent) and t.deleted_at is null and t.asked_at <= $5\(notListedElsewhere)
            ), absent as materialized (
                select p.key_text, p.dated_on, m.status, \(isListedBefore) as is_listed
                from present p
                left join \(stage) s on \(equal(entity.key, "s", "p"))
                left join pg_temp.stage_rejection r on r.key = p.key_text
                left join inflow.missing m on m.connection_id = $1 and m.entity = $2 and m.key = p.key_text
                where s.record_ordinal is null and r.key is null
            ), \(MergeSQL.judgeAbsent)
            """
    }

    /// Judges `absent` by the brakes and notes it: as missing, or all of it as held.
    ///
    /// Documents that the open lists named in an earlier run do not count for the brake, since a list by date need not hold
    /// drafts; they are asked for by key. A row that is held stays so until it turns up or a person decides.
    private static let judgeAbsent = """
        judged as materialized (
            select count(*) as present, (
                    select count(*) from absent
                    where not is_listed and (status is null or status not in ('kept', 'approved'))
                ) as going
            from present
        ), braked as materialized (
            select case
                when present > 0 and $8::bigint = 0 and going > 0
                then 'the answer held nothing, where ' || present || ' rows were expected'
                when going > $6::bigint and going * 100 > $7::bigint * present
                then going || ' of ' || present || ' rows were absent from the answer'
                end as reason
            from judged
        ), noted as (
            insert into inflow.missing as m (
                connection_id, entity, key, status, dated_on, chunk, run_id, first_run_id, asked_at, first_asked_at,
                rows_sent, first_rows_sent, reason, origin)
            select distinct on (a.key_text) $1::bigint, $2, a.key_text,
                case when b.reason is null or a.is_listed then 'missing' else 'held' end, a.dated_on, $3, $4, $4, $5,
                $5, $8, $8, case when not a.is_listed then b.reason end,
                case when a.is_listed then 'open_list' else 'list' end
            from absent a, braked b
            on conflict (connection_id, entity, key) do update set
                status = case when m.status in ('kept', 'approved', 'held') then m.status else excluded.status end,
                dated_on = excluded.dated_on, chunk = excluded.chunk, run_id = excluded.run_id,
                asked_at = excluded.asked_at, rows_sent = excluded.rows_sent, origin = excluded.origin,
                reason = case when m.status = 'held' then m.reason else excluded.reason end
            where m.asked_at <= excluded.asked_at
            returning m.status
        )
        select count(*) filter (where status = 'missing') as missing,
            count(*) filter (where status = 'held') as held
        from noted
        """

    /// Leaves out documents that a list of open ones has named in this run, before the answer was asked for: a list by
    /// date need not hold drafts, which are there all the same.
    ///
    /// A run reads the open lists before the spans (``RunBoard``), so what they no longer list is judged like any
    /// other row.
    private var notListedElsewhere: String {
        guard !entity.sweeps.isEmpty else { return "" }
        return """

                    and \(keyText) not in (
                        select o.key from inflow.open_document o
                        where o.connection_id = $1 and o.entity = $2 and o.run_id = $4 and o.seen_at <= $5
                            and o.seen_at <> 'epoch'
                    )
            """
    }

    /// Whether the open lists named the document `p` in the last run that read them, which is not this one.
    private var isListedBefore: String {
        guard !entity.sweeps.isEmpty else { return "false" }
        return """
            p.key_text in (
                        select o.key
                        from inflow.open_document o
                        join inflow.sweep w on w.connection_id = $1 and w.entity = $2 and w.run_id = o.run_id
                        where o.connection_id = $1 and o.entity = $2 and o.seen_at <> 'epoch' and o.run_id <> $4
                    )
            """
    }

    /// Forgets that a record was missing, where it is in the answer, also as a rejected one; $3 when it was asked for.
    ///
    /// An answer that is older than the one that lacked the record says nothing.
    var forgetMissing: String {
        """
        delete from inflow.missing m
        using (
            select \(stagedKeyText) as key_text from \(stage) s
            union select r.key from pg_temp.stage_rejection r
        ) s
        where m.connection_id = $1 and m.entity = $2 and m.key = s.key_text
            and greatest(m.asked_at, m.key_asked_at) <= $3
        """
    }

    /// Notes the documents that a sweep lists; $3 when it was asked for, $4 run.
    var noteOpen: String {
        """
        with swept as (
            insert into inflow.sweep (connection_id, entity, run_id) values ($1::bigint, $2, $4::bigint)
            on conflict (connection_id, entity) do update set run_id = excluded.run_id
        )
        insert into inflow.open_document as o (connection_id, entity, key, seen_at, run_id)
        select $1::bigint, $2, s.key_text, $3::timestamptz, $4::bigint
        from (
            select \(stagedKeyText) as key_text from \(stage) s
            union select r.key from pg_temp.stage_rejection r where r.key <> ''
        ) s
        on conflict (connection_id, entity, key) do update set
            seen_at = greatest(o.seen_at, excluded.seen_at), run_id = excluded.run_id
        """
    }

    /// Forgets documents that were to be looked at since they had left the open lists, and now have been; $3 when the
    /// answer was asked for: not before the list that lacks them.
    var forgetLeft: String {
        """
        delete from inflow.open_document o
        using (
            select \(stagedKeyText) as key_text from \(stage) s
            union select r.key from pg_temp.stage_rejection r
        ) s
        where o.connection_id = $1 and o.entity = $2 and o.key = s.key_text and o.seen_at = 'epoch'
            and coalesce(o.left_at <= $3, true)
        """
    }

    /// Notes what the answer proves to have been read: the months of a span, or the list.
    ///
    /// $3 run, $4 when the answer was asked for, $5 records rejected, $6 first days of the months that lie whole in
    /// the span. Where the table is known to hold of the extent just what was staged (`isSame`), its rows are not
    /// counted again.
    func noteCoverage(_ chunk: Chunk, isSame: Bool) -> String? {
        guard let extent = exactly(chunk, first: 7) else { return nil }
        guard case .span = chunk else {
            return """
                \(MergeSQL.insertCoverage)
                select $1::bigint, $2, '\(CoverageStore.wholeList)'::date, $4::timestamptz, (select count(*) from \(stage)),
                    (select count(*) from \(isSame ? stage : "\(target) t where \(extent) and t.deleted_at is null")),
                    $5::bigint, $3::bigint
                where $6::text[] is not null
                \(MergeSQL.updateCoverage)
                """
        }
        guard let held = day("t", zone: 9), let sent = day("s", zone: 9) else { return nil }
        let counted = """
            select date_trunc('month', \(held)::timestamp)::date as month, count(*) as rows
            from \(target) t
            where \(extent) and t.deleted_at is null
            group by 1
            """
        return """
            with sent as (
                select date_trunc('month', \(sent)::timestamp)::date as month, count(*) as rows
                from \(stage) s
                group by 1
            ), held as (
                \(isSame ? "select * from sent" : indented(counted, by: 4))
            )
            \(MergeSQL.insertCoverage)
            select $1::bigint, $2, m.month::date, $4::timestamptz, coalesce(s.rows, 0), coalesce(h.rows, 0), $5::bigint,
                $3::bigint
            from unnest($6::text[]) m (month)
            left join held h on h.month = m.month::date
            left join sent s on s.month = m.month::date
            \(MergeSQL.updateCoverage)
            """
    }

    private static let insertCoverage = """
        insert into inflow.coverage as c (
            connection_id, entity, month, verified_at, rows_sent, rows_held, rows_rejected, run_id)
        """

    /// An older reading never replaces a newer one.
    private static let updateCoverage = """
        on conflict (connection_id, entity, month) do update set
            verified_at = excluded.verified_at, rows_sent = excluded.rows_sent, rows_held = excluded.rows_held,
            rows_rejected = excluded.rows_rejected, run_id = excluded.run_id
        where c.verified_at is null or c.verified_at <= excluded.verified_at
        """

    /// Notes that months were asked for in vain: $3 run, $4 why, $5 first days of the months.
    static let noteFailedCoverage = """
        insert into inflow.coverage as c (connection_id, entity, month, failed_at, failed_run_id, error)
        select $1::bigint, $2, m.month::date, clock_timestamp(), $3::bigint, $4
        from unnest($5::text[]) m (month)
        on conflict (connection_id, entity, month) do update set
            failed_at = excluded.failed_at, failed_run_id = excluded.failed_run_id, error = excluded.error
        """
}
