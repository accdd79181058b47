public import Postgres

/// Everything that PostgreSQL's catalogue lists to a role, read as a driver of a reporting tool reads it.
///
/// Such drivers list what `pg_class` holds, whatever the role may read, and fail on a whole answer for one value that the
/// types of their language do not know: infinite dates, days after 9999, a time of 24:00, numbers that are none.
public enum ReadableCatalogue {
    private static let relations = """
        select format('%I.%I', n.nspname, c.relname) as name, coalesce(
            string_agg(format(case
                when a.atttypid = 'time'::regtype then '%1$I = ''24:00'''
                when a.atttypid = any (array['numeric', 'float8']::regtype[])
                    then '%1$I in (''NaN'', ''Infinity'', ''-Infinity'')'
                else 'not isfinite(%1$I) or extract(year from %1$I) not between 1 and 9999'
            end, a.attname), ' or ') filter (where a.atttypid = any (
                array['date', 'timestamp', 'timestamptz', 'time', 'numeric', 'float8']::regtype[])), 'false') as odd
        from pg_class c
        join pg_namespace n on n.oid = c.relnamespace
        left join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        where c.relkind in ('r', 'v', 'm', 'p', 'f') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
        group by n.nspname, c.relname
        order by 1
        """

    /// Reads every column of every row of every relation that is listed.
    ///
    /// - Returns: how many relations are listed, how many of them have rows, and a line for each that cannot be read or
    ///   holds a value that drivers cannot read.
    public static func read(
        _ session: PostgresConnection
    ) async throws -> (listed: Int, filled: Int, faults: [String]) {
        let relations = try await session.query(ReadableCatalogue.relations)
        var (filled, faults): (Int, [String]) = (0, [])
        for relation in relations {
            let (name, odd) = (try relation.text("name"), try relation.text("odd"))
            do throws(PostgresError) {
                let row = try await session.query(
                    "select count(t) as rows, count(*) filter (where \(odd)) as odd from \(name) t")[0]
                if try row.int("rows") > 0 { filled += 1 }
                if try row.int("odd") > 0 { faults.append("\(name) holds values that drivers cannot read: \(odd)") }
            } catch {
                faults.append("\(name): \(error)")
            }
        }
        return (relations.count, filled, faults)
    }
}
