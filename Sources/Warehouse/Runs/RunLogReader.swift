public import Foundation
public import Inflow
internal import Postgres

/// Reads the run log: runs, their parts and their chunks, also while they go on.
public struct RunLogReader: Sendable {
    let warehouse: Warehouse

    /// The run log of a warehouse; reads nothing before it is asked.
    public init(_ warehouse: Warehouse) {
        self.warehouse = warehouse
    }

    /// Runs of one connection or of all, the newest first.
    ///
    /// `before` is a number from which on runs are left out.
    public func runs(
        of connection: Connection?, before: Int64? = nil, limit: Int
    ) async throws(WarehouseError) -> [LoggedRun] {
        try await warehouse.perform(purpose: "run log", doing: "reading the runs") { session throws(PostgresError) in
            try session.query(
                """
                \(RunLogReader.runs)
                where ($1::bigint is null or r.connection_id = $1) and ($3::bigint is null or r.id < $3)
                order by r.id desc
                limit $2
                """, [connection.map { .int64($0.id) } ?? .null, .int(limit), before.map { .int64($0) } ?? .null]
            ).read { row throws(PostgresError) in try LoggedRun(row) }
        }
    }

    /// A run with its parts, by entity; `nil` where there is none of that number.
    public func run(_ run: Int64) async throws(WarehouseError) -> (run: LoggedRun, parts: [LoggedPart])? {
        try await warehouse.perform(purpose: "run log", doing: "reading run \(run)") {
            session throws(PostgresError) -> (LoggedRun, [LoggedPart])? in
            guard let row = try RunLogReader.rows(of: run, session).first else { return nil }
            return (try LoggedRun(row), try RunLogReader.parts(run, session))
        }
    }

    /// The chunks of a run, the earliest first.
    public func chunks(of run: Int64) async throws(WarehouseError) -> [LoggedChunk] {
        try await warehouse.perform(purpose: "run log", doing: "reading the chunks of run \(run)") {
            session throws(PostgresError) in
            try RunLogReader.chunks(run, since: nil, session)
        }
    }

    /// How a run stands, and its chunks that have ended since an instant, or of all time; `nil` where there is no such
    /// run.
    ///
    /// A chunk's row can become visible after a later one. Followers read a short overlap again and drop the chunks
    /// they have shown.
    public func look(at run: Int64, since: Instant?) async throws(WarehouseError) -> RunSnapshot? {
        try await warehouse.perform(purpose: "run log", doing: "following run \(run)") {
            session throws(PostgresError) -> RunSnapshot? in
            // The run first: when it has ended, all its chunks are there.
            guard let row = try RunLogReader.rows(of: run, session).first else { return nil }
            let status = try session.query(RunLogReader.status, [.int64(run)])[0]
            return RunSnapshot(
                run: try LoggedRun(row), parts: try RunLogReader.parts(run, session),
                chunks: try RunLogReader.chunks(run, since: since, session),
                isHeld: try status.bool("is_held"), isAwaited: try status.bool("is_awaited"))
        }
    }

    /// A run with the chunks that ended last, the earliest of them first.
    static func snapshot(
        of run: Int64, last count: Int, _ session: isolated PostgresConnection
    ) throws(PostgresError) -> RunSnapshot? {
        guard let row = try rows(of: run, session).first else { return nil }
        let status = try session.query(status, [.int64(run)])[0]
        let chunks = try session.query(
            """
            select k.*
            from inflow.chunk k
            where k.run_id = $1 and k.connection_id = (select connection_id from inflow.run where id = $1)
            order by k.ended_at desc, k.entity, k.chunk
            limit $2
            """, [.int64(run), .int(count)]
        ).read { row throws(PostgresError) in try LoggedChunk(row) }
        return RunSnapshot(
            run: try LoggedRun(row), parts: try parts(run, session), chunks: chunks.reversed(),
            isHeld: try status.bool("is_held"), isAwaited: try status.bool("is_awaited"))
    }

    // MARK: statements

    private static let numbers = [
        "pulled", "inserted", "updated", "unchanged", "marked_deleted", "rejected", "duplicates", "older", "outside",
        "calls", "bytes",
    ]

    /// Of a run that goes on, the numbers are those of its chunks: its own row gets them at the end.
    private static let runs = """
        select r.id, c.name as connection, r.trigger, r.scope, r.status, r.holder, r.started_at, r.finished_at, r.error,
            r.resume_at, c.time_zone, s.last_sign_at,
            s.last_sign_at < clock_timestamp() - interval '\(Lease.patience) seconds' as is_silent,
            \(numbers.map { "coalesce(k.\($0), r.\($0)) as \($0)" }.joined(separator: ", ")),
            case
                when r.status = 'running'
                then extract(epoch from coalesce(s.last_sign_at, clock_timestamp()) - r.started_at)
                else r.seconds
            end as seconds
        \(source)
        """

    /// Who runs it now, or will go on with it.
    private static let status = """
        select \(Lease.isHeld(of: "r.connection_id", for: "inflow.run_lock(r.trigger)")) as is_held,
            exists (
                select from inflow.request q
                where q.connection_id = r.connection_id and q.run_id = r.id and q.status <> 'done'
            ) as is_awaited
        from inflow.run r
        where r.id = $1
        """

    private static let source = """
        from inflow.run r
        join inflow.connection c on c.id = r.connection_id
        cross join lateral (
            select case
                when r.status = 'running' then inflow.run_last_sign(r.connection_id, r.id, r.trigger, r.started_at)
            end as last_sign_at
        ) s
        left join lateral (
            select \(numbers.map { "sum(\($0)) as \($0)" }.joined(separator: ", "))
            from inflow.chunk
            where r.status = 'running' and connection_id = r.connection_id and run_id = r.id
        ) k on true
        """

    private static func rows(
        of run: Int64, _ session: isolated PostgresConnection
    ) throws(PostgresError) -> PostgresResult {
        try session.query("\(runs)\nwhere r.id = $1", [.int64(run)])
    }

    private static func parts(
        _ run: Int64, _ session: isolated PostgresConnection
    ) throws(PostgresError) -> [LoggedPart] {
        let sums = (numbers + ["seconds"]).map { name in
            "case when r.status = 'running' then coalesce(k.\(name), 0) else e.\(name) end as \(name)"
        }
        return try session.query(
            """
            select e.entity, e.status, e.note, e.error, e.planned_chunks, e.details,
                coalesce(k.loaded, 0) as loaded_chunks,
                coalesce(k.failed, 0) as failed_chunks,
                \(sums.joined(separator: ",\n    "))
            from inflow.run r
            join inflow.entity_run e on e.run_id = r.id
            left join (
                select entity, count(*) filter (where status = 'loaded') as loaded,
                    count(*) filter (where status = 'failed') as failed,
                    \((numbers + ["seconds"]).map { "sum(\($0)) as \($0)" }.joined(separator: ", "))
                from inflow.chunk
                where run_id = $1 and connection_id = (select connection_id from inflow.run where id = $1)
                group by entity
            ) k on k.entity = e.entity
            where r.id = $1
            order by e.entity
            """, [.int64(run)]
        ).read { row throws(PostgresError) in try LoggedPart(row) }
    }

    private static func chunks(
        _ run: Int64, since: Instant?, _ session: isolated PostgresConnection
    ) throws(PostgresError) -> [LoggedChunk] {
        try session.query(
            """
            select k.*
            from inflow.chunk k
            where k.run_id = $1 and k.connection_id = (select connection_id from inflow.run where id = $1)
                and k.ended_at >= coalesce($2::timestamptz, '-infinity')
            order by k.ended_at, k.entity, k.chunk
            """, [.int64(run), since.map { .timestamp($0) } ?? .null]
        ).read { row throws(PostgresError) in try LoggedChunk(row) }
    }
}
