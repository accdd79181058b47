internal import Foundation
internal import Inflow
internal import Postgres

/// The statements on a connection's tokens and on the lease that guards them; each runs on a session it is given.
struct TokenTable: Sendable {
    let connectionID: Int64
    let connectionName: String
    let box: SecretBox

    // MARK: the lease

    /// Takes the session lock and writes the lease's row; the epoch is higher than any before.
    ///
    /// - Throws: `busy`, naming the holder, when another process keeps it longer than the session waits for locks.
    func takeLease(_ session: PostgresConnection) async throws(WarehouseError) -> Int64 {
        do throws(PostgresError) {
            try await session.query(
                "select pg_advisory_lock(hashtextextended('inflow.token ' || $1::text, 0))",
                [.text(String(connectionID))])
        } catch {
            guard error.code == .lockTimeout else {
                throw WarehouseError(error, doing: "taking the lease for a token refresh")
            }
            throw try await heldByAnother(session)
        }
        return try await lifting("taking the lease for a token refresh") { () async throws(PostgresError) in
            let rows = try await session.query(
                """
                insert into inflow.lease (connection_id, purpose, holder, epoch, heartbeat_at)
                values ($1, 'token', $2, 1, clock_timestamp())
                on conflict (connection_id, purpose) do update set
                    holder = excluded.holder, epoch = lease.epoch + 1, heartbeat_at = excluded.heartbeat_at
                returning epoch
                """,
                [.int64(connectionID), .text(ProcessIdentity.current)])
            return try rows[0].int64("epoch")
        }
    }

    private func heldByAnother(_ session: PostgresConnection) async throws(WarehouseError) -> WarehouseError {
        let rows = try await lifting("looking who refreshes") { () async throws(PostgresError) in
            try await session.query(
                """
                select holder, extract(epoch from clock_timestamp() - heartbeat_at)::integer as age
                from inflow.lease where connection_id = $1 and purpose = 'token'
                """,
                [.int64(connectionID)]
            ).read { row throws(PostgresError) in (holder: try row.text("holder"), age: try row.int("age")) }
        }
        let holder = rows.first?.holder ?? "another process"
        let age = rows.first.map { ", which last showed itself \($0.age) s ago" } ?? ""
        return WarehouseError(
            .busy, subject: connectionName,
            message:
                "The tokens of \"\(connectionName)\" are being refreshed by \(holder)\(age). Nothing was changed. "
                + "Try again; if it stays so, end that process.")
    }

    /// Shows that the holder of an epoch is alive; has no effect once another process has taken the lease.
    func beat(_ epoch: Int64, _ session: PostgresConnection) async throws(WarehouseError) {
        try await lifting("showing that a refresh is alive") { () async throws(PostgresError) in
            try await session.query(
                """
                update inflow.lease set heartbeat_at = clock_timestamp()
                where connection_id = $1 and purpose = 'token' and epoch = $2
                """,
                [.int64(connectionID), .int64(epoch)])
        }
    }

    var superseded: WarehouseError {
        WarehouseError(
            .tokenSuperseded, subject: connectionName,
            message:
                "Another process refreshed the tokens of \"\(connectionName)\" at the same time; its tokens stand.")
    }
}
