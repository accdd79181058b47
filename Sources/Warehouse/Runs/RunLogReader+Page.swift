public import Foundation
public import Inflow
internal import Postgres
internal import SQLFiles

/// What a page asks of the run log again and again: the newest run of a connection, and the last runs of each.
extension RunLogReader {
    /// The newest run of a connection beside values in the background, with its last chunks; `nil` before the first.
    ///
    /// `chunks` is how many of those that ended last, the earliest of them first.
    /// `run` names another run of the connection instead.
    public func newest(
        of connection: Connection, run: Int64? = nil, chunks: Int
    ) async throws(WarehouseError) -> RunSnapshot? {
        let id = connection.id
        return try await warehouse.perform(purpose: "run log", doing: "reading the newest run of \(connection.name)") {
            session throws(PostgresError) -> RunSnapshot? in
            let newest = try session.query(
                """
                select id from inflow.run
                where connection_id = $1 and case when $2::bigint is null then trigger <> 'values' else id = $2 end
                order by id desc
                limit 1
                """, [.int64(id), run.map { .int64($0) } ?? .null]
            ).first
            guard let newest else { return nil }
            return try RunLogReader.snapshot(of: try newest.int64("id"), last: chunks, session)
        }
    }

    /// The number of the last run of a trigger that was successful; `nil` where there is none.
    public func lastGood(_ trigger: Trigger, of connection: Connection) async throws(WarehouseError) -> Int64? {
        try await warehouse.query(
            """
            select id from inflow.run
            where connection_id = $1 and trigger = $2 and inflow.run_succeeded(status)
            order by id desc
            limit 1
            """, of: connection, [.text(trigger.rawValue)], purpose: "run log", doing: "reading the last runs"
        ) { row throws(PostgresError) in try row.int64("id") }.first
    }

    /// The last Sync Alls of each connection, the oldest first; by connection.
    public func trends(length: Int) async throws(WarehouseError) -> [Int64: [RunInTrend]] {
        let rows = try await warehouse.query(
            Statements.runTrends, [.int(length)], purpose: "run log", doing: "reading the last runs"
        ) { row throws(PostgresError) in
            (
                id: try row.int64("connection_id"),
                run: try RunInTrend(
                    run: row.int64("id"), startedAt: row.date("started_at"), seconds: row.optionalDouble("seconds"),
                    pulled: row.int("pulled"), status: row.word("status", of: "inflow.run.status"))
            )
        }
        return Dictionary(grouping: rows, by: \.id).mapValues { $0.map(\.run) }
    }
}

/// A run in a line of the last runs of a connection.
public struct RunInTrend: Sendable, Hashable {
    /// The run's number.
    public let run: Int64
    /// When it began.
    public let startedAt: Instant
    /// How long it took; `nil` while it goes on.
    public let seconds: Double?
    /// Records that the platform gave; 0 while it goes on.
    public let pulled: Int
    /// How it stands or ended.
    public let status: RunStatus
}
