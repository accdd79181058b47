internal import Foundation
internal import Inflow
internal import Postgres
internal import SQLFiles

/// Refreshes under way: noted before the platform is asked, deleted with the commit of its answer.
extension TokenTable {
    /// The refresh that was begun and not ended, if there is one.
    func attempt(_ session: PostgresConnection) async throws(WarehouseError) -> TokenAttempt? {
        try await lifting("reading the refresh under way") { () async throws(PostgresError) in
            try await session.query(
                """
                select generation, holder, state, began_at,
                    extract(epoch from clock_timestamp() - began_at)::float8 as age
                from inflow.token_attempt where connection_id = $1
                """,
                [.int64(connectionID)]
            ).read { row throws(PostgresError) in
                try TokenAttempt(
                    generation: row.int64("generation"), holder: row.text("holder"),
                    state: row.word("state", of: "inflow.token_attempt.state"), beganAt: row.date("began_at"),
                    age: row.double("age"))
            }.first
        }
    }

    /// Notes that the refresh token of a generation is about to be sent; only the holder of the epoch may.
    func begin(_ generation: Int64, epoch: Int64, _ session: PostgresConnection) async throws(WarehouseError) {
        let noted = try await lifting("noting a refresh") { () async throws(PostgresError) in
            try await session.query(
                Statements.tokenAttemptBegin,
                [.int64(connectionID), .int64(generation), .text(ProcessIdentity.current), .int64(epoch)]
            ).affectedRows
        }
        guard noted == 1 else { throw superseded }
    }

    /// Notes how an attempt ended that stored nothing: with an answer, or without one.
    func end(answered: Bool, epoch: Int64, _ session: PostgresConnection) async throws(WarehouseError) {
        let change =
            answered ? "delete from inflow.token_attempt" : "update inflow.token_attempt set state = 'unanswered'"
        try await lifting("noting the end of a refresh") { () async throws(PostgresError) in
            try await session.query(
                """
                \(change)
                where connection_id = $1
                    and exists (
                        select from inflow.lease where connection_id = $1 and purpose = 'token' and epoch = $2)
                """,
                [.int64(connectionID), .int64(epoch)])
        }
    }
}
