internal import Inflow

/// Which missing rows are asked for, and what the answers make of them; $1 connection, $2 entity.
extension CoverageSQL {
    private var missingRow: String { "t.connection_id = m.connection_id and \(entity.keyText()) = m.key" }

    /// The value by which `get` asks for a row; null where the entity cannot be asked for by key.
    private var askedValue: String { entity.get == nil ? "null" : "t.\(askedColumn)::text" }

    /// Forgets missing rows that have moved: written since, marked, or at another date than they were missed at; $3
    /// zone.
    var forgetMoved: String {
        let day = entity.localDay(zone: "$3") ?? "m.dated_on"
        return """
            delete from inflow.missing m
            using \(table) t
            where m.connection_id = $1 and m.entity = $2 and m.status in ('missing', 'approved', 'held') and \(missingRow)
                and (t.asked_at > greatest(m.asked_at, m.key_asked_at) or t.deleted_at is not null
                    or (t.changed_at > m.noted_at and m.dated_on is not null and \(day) is distinct from m.dated_on))
                and $3::text is not null
            """
    }

    /// Takes rows that cannot be asked for by key to be gone, where two whole lists of different days lack them.
    ///
    /// $3 the run, which has read the later list; $4 zone, $5 days between the two, $6 rows and $7 percent by which the
    /// later list may be smaller. What a person has approved needs only the later list.
    var takeUnaskableAsGone: String {
        """
        update inflow.missing m set status = 'gone'
        from \(table) t
        where m.connection_id = $1 and m.entity = $2 and \(missingRow) and coalesce(\(askedValue), '') = ''
            and m.run_id = $3 and (
                m.status = 'approved'
                or m.status = 'missing' and m.origin = 'list'
                    and (m.asked_at at time zone $4)::date >= (m.first_asked_at at time zone $4)::date + $5::integer
                    and not \(CoverageSQL.isMuchSmaller)
            )
        """
    }

    /// Begins anew with the later list where it is much smaller than the first: two lists must agree.
    ///
    /// $3 the run, $4 rows and $5 percent by which it may be smaller.
    static let startOver = """
        update inflow.missing m set first_asked_at = m.asked_at, first_rows_sent = m.rows_sent, first_run_id = m.run_id
        where m.connection_id = $1 and m.entity = $2 and m.status = 'missing' and m.run_id = $3
            and \(isMuchSmaller.replacing("$6", with: "$4").replacing("$7", with: "$5"))
        """

    private static let isMuchSmaller = """
        coalesce(
                m.first_rows_sent - m.rows_sent > $6::bigint
                    and (m.first_rows_sent - m.rows_sent) * 100 > $7::bigint * m.first_rows_sent, false)
        """

    /// Notes live rows without a date as missing: no list by dates can hold them, so only their keys can tell.
    ///
    /// $3 run, $4 at most how many, $5 days after which a row is looked for again. Nil where rows have no date, or cannot
    /// be asked for.
    var noteUndated: String? {
        guard let date = entity.dateColumn, entity.get != nil else { return nil }
        return """
            insert into inflow.missing (
                connection_id, entity, key, status, chunk, run_id, first_run_id, asked_at, first_asked_at, origin)
            select t.connection_id, $2, \(entity.keyText()), 'missing', 'rows without a date', $3::bigint, $3::bigint,
                now(), now(), 'undated'
            from \(table) t
            where t.connection_id = $1 and t.\(quoted(date.name)) is null and t.deleted_at is null
                and t.asked_at < now() - make_interval(days => $5::integer) and t.\(askedColumn)::text <> ''
            order by t.asked_at
            limit $4
            on conflict (connection_id, entity, key) do nothing
            """
    }

    /// Moves the time of rows without a date, $3 their keys, to that of the answers which gave them, $4.
    var confirmUndated: String? {
        guard let date = entity.dateColumn else { return nil }
        return """
            update \(table) t set asked_at = $4
            where t.connection_id = $1 and \(entity.keyText()) = any ($3::text[]) and t.\(quoted(date.name)) is null
                and t.asked_at < $4 and $2::text is not null
            """
    }

    /// Notes the documents as missing that have left the open lists and that neither their keys nor their months have
    /// brought back; $3 run, $4 zone.
    var noteLeft: String {
        """
        insert into inflow.missing (
            connection_id, entity, key, status, dated_on, chunk, run_id, first_run_id, asked_at, first_asked_at, origin)
        select t.connection_id, $2, o.key, 'missing', \(entity.localDay(zone: "$4") ?? "null::date"),
            'the lists of open documents', $3::bigint, $3::bigint, coalesce(o.left_at, now()), coalesce(o.left_at, now()),
            'open_list'
        from inflow.open_document o
        join \(table) t on t.connection_id = o.connection_id and \(entity.keyText()) = o.key
        where o.connection_id = $1 and o.entity = $2 and o.seen_at = 'epoch' and t.deleted_at is null
            and t.asked_at <= coalesce(o.left_at, now()) and $4::text is not null
        on conflict (connection_id, entity, key) do nothing
        """
    }

    /// Missing rows with the value by which each is asked for, approved ones first, then the newest; $3 how many at
    /// most, $4 whether rows whose next turn is later are left out.
    var missingToAsk: String {
        """
        select m.key, \(askedValue) as asked
        from inflow.missing m
        join \(table) t on \(missingRow)
        where m.connection_id = $1 and m.entity = $2 and m.status in ('missing', 'approved')
            and (m.status = 'approved' or not $4 or coalesce(m.ask_after <= now(), true))
        order by (m.status = 'missing') = $5, m.dated_on desc nulls last, m.key
        limit $3
        """
    }

    /// A live row that is not missing, by the value that `get` takes; $3 values that are asked for anyway, $4 zone.
    var control: String {
        let month = "date_trunc('month', (\(entity.localDay(zone: "$4") ?? "null::date"))::timestamp)"
        return """
            with near as materialized (
                select distinct date_trunc('month', m.dated_on::timestamp) as month
                from inflow.missing m
                where m.connection_id = $1 and m.entity = $2 and m.dated_on is not null
            )
            select t.\(askedColumn)::text as asked
            from \(table) t
            left join near n on n.month = \(month)
            where t.connection_id = $1 and t.deleted_at is null and $4::text is not null
                and t.\(askedColumn)::text <> '' and t.\(askedColumn)::text <> all ($3::text[])
                and not exists (
                    select from inflow.missing m
                    where m.connection_id = $1 and m.entity = $2 and m.key = \(entity.keyText())
                )
            order by n.month is null, random()
            limit 1
            """
    }

    /// Notes that the answers to rows that were asked for prove nothing: $3 their keys, $4 why, in the same order, $5 when
    /// they were asked for.
    static let noteNotKnown = """
        update inflow.missing m set
            answer = a.why, tries = m.tries + 1, key_asked_at = greatest(m.key_asked_at, $5),
            -- Four hours early, so that a run a day is not one turn late.
            ask_after = now() + make_interval(days => least(30, power(2, least(m.tries, 5))::integer), hours => -4)
        from unnest($3::text[], $4::text[]) a (key, why)
        where m.connection_id = $1 and m.entity = $2 and m.key = a.key and m.status in ('missing', 'approved')
        """

    /// Takes rows that were asked for and not found ($3, their keys) to be gone; holds one whose number another
    /// record has; $4 when they were asked for.
    var noteGone: String {
        let isOther = "(\(entity.key.map { "o.\(quoted($0)) <> t.\(quoted($0))" }.joined(separator: " or ")))"
        let isTaken = """
            exists (
                select from \(table) o
                where o.connection_id = t.connection_id and o.\(askedColumn) = t.\(askedColumn) and \(isOther)
                    and o.deleted_at is null
            )
            """
        return """
            update inflow.missing m set
                key_asked_at = greatest(m.key_asked_at, $4::timestamptz),
                status = case when \(indented(isTaken, by: 4)) then 'held' else 'gone' end,
                reason = case when \(indented(isTaken, by: 4)) then 'another record bears its number now'
                    else m.reason end
            from \(table) t
            where m.connection_id = $1 and m.entity = $2 and m.status in ('missing', 'approved')
                and m.key = any ($3::text[]) and \(missingRow)
            """
    }
}
