internal import Foundation
internal import Inflow
internal import Postgres

/// Whether a person must authorise the connection again.
extension TokenTable {
    /// Why a person must authorise again, and since when; `nil` when no one needs to.
    func neededConsent(
        _ session: PostgresConnection
    ) async throws(WarehouseError) -> (since: Instant, reason: String)? {
        let rows = try await lifting("reading whether consent is needed") { () async throws(PostgresError) in
            try await session.query(
                "select needs_consent_at, consent_reason from inflow.connection where id = $1",
                [.int64(connectionID)]
            ).read { row throws(PostgresError) in
                (since: try row.optionalDate("needs_consent_at"), reason: try row.optionalText("consent_reason"))
            }
        }
        guard let need = rows.first, let since = need.since else { return nil }
        return (since, need.reason ?? "")
    }

    /// Notes that a person has authorised.
    func noteConsent(_ session: PostgresConnection) async throws(WarehouseError) {
        try await lifting("noting a consent") { () async throws(PostgresError) in
            _ = try await session.query(
                "update inflow.connection set consented_at = clock_timestamp() where id = $1", [.int64(connectionID)])
        }
    }

    /// Notes that only a person can help now, unless a newer pair was stored meanwhile or the epoch is over.
    func needConsent(
        _ reason: String, generation: Int64, epoch: Int64, _ session: PostgresConnection
    ) async throws(WarehouseError) {
        let id = PostgresParameter.int64(connectionID)
        let parameters: [PostgresParameter] = [id, .text(reason), .int64(generation), .int64(epoch)]
        try await lifting("noting that consent is needed") { () async throws(PostgresError) in
            try await session.transaction { session throws(PostgresError) in
                try session.query(
                    "select epoch from inflow.lease where connection_id = $1 and purpose = 'token' for update", [id])
                try session.query(
                    """
                    update inflow.connection set needs_consent_at = clock_timestamp(), consent_reason = $2
                    where id = $1
                        and not exists (select from inflow.token where connection_id = $1 and generation > $3)
                        and exists (
                            select from inflow.lease where connection_id = $1 and purpose = 'token' and epoch = $4)
                    """, parameters)
                try session.query("delete from inflow.token_attempt where connection_id = $1", [id])
            }
        }
    }
}
