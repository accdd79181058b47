/// The run-time settings of a session: ours, whatever the role, the database, the server or `PGOPTIONS` set.
///
/// Values are written in one form: `datestyle` ISO, `timezone` UTC. No time limit set for others ends a statement,
/// a transaction or a session of Inflow: `alter role … set statement_timeout = '5s'` is meant for people.
struct SessionSettings {
    private let values: [String: String]

    /// How often a statement is tried where a time limit strikes them before they lift it.
    static let tries = 20

    /// `given` come beside and instead of the usual ones.
    init(given: [String: String], serverVersion: Int) {
        var values = [
            "datestyle": "ISO, YMD", "intervalstyle": "postgres", "bytea_output": "hex", "timezone": "UTC",
            "standard_conforming_strings": "on", "array_nulls": "on",
            "statement_timeout": "0", "lock_timeout": "0", "idle_in_transaction_session_timeout": "0",
            "idle_session_timeout": "0",
            "default_transaction_isolation": "read committed", "default_transaction_deferrable": "off",
        ]
        if serverVersion >= 170_000 { values["transaction_timeout"] = "0" }
        self.values = values.merging(given) { $1 }
    }

    /// Sets all of them in one statement.
    func set(on connection: isolated PostgresConnection) throws(PostgresError) {
        let sorted = values.sorted { $0.key < $1.key }
        for attempt in 1... {
            do throws(PostgresError) {
                try connection.query(
                    "select set_config(name, value, false) from unnest($1::text[], $2::text[]) as s (name, value)",
                    [.textArray(sorted.map(\.key)), .textArray(sorted.map(\.value))])
                return
            } catch {
                guard error.code == .statementCancelled, attempt < Self.tries else { throw error }
            }
        }
    }
}
