internal import Foundation
internal import Inflow
internal import Postgres

/// The statements on a connection's tokens and on the lease that guards them; each runs on a session it is given.
struct TokenTable: Sendable {
    let connectionID: Int64
    let connectionName: String
    let box: SecretBox

    // MARK: the lease

    /// Takes the lease; the epoch is higher than any before.
    ///
    /// - Throws: `busy`, naming the holder, when another process that lives keeps it for three minutes.
    func takeLease(_ session: PostgresConnection) async throws(WarehouseError) -> Int64 {
        do throws(PostgresError) {
            return try await lease.take(session, waiting: 180)
        } catch {
            guard error.code == .lockTimeout else {
                throw WarehouseError(error, doing: "taking the lease for a token refresh")
            }
            throw try await heldByAnother(session)
        }
    }

    private var lease: Lease { Lease(connectionID: connectionID, purpose: .token) }

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
        let age = rows.first.map { ", whose last heartbeat was \($0.age) s ago" } ?? ""
        return WarehouseError(
            .busy, subject: connectionName,
            message:
                "The tokens of \"\(connectionName)\" are being refreshed by \(holder)\(age). Nothing was changed. "
                + "Try again; if it stays so, end that process.")
    }

    /// Shows every ten seconds that the holder of an epoch lives, until the task is cancelled.
    func heartbeat(_ epoch: Int64, _ session: PostgresConnection) -> Task<Void, Never> {
        lease.heartbeat(epoch, session)
    }

    var superseded: WarehouseError {
        WarehouseError(
            .tokenSuperseded, subject: connectionName,
            message:
                "Another process refreshed the tokens of \"\(connectionName)\" at the same time; its tokens stand.")
    }
}
