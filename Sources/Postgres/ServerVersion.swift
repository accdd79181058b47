/// A server's version as libpq gives it: 150020 is 15.20.
struct ServerVersion {
    let number: Int

    /// The oldest that Inflow works with: views read with the caller's rights (`security_invoker`) since 15.
    static let oldest = 150_000

    /// As people write it, such as 15.20.
    var text: String { "\(number / 10_000).\(number % 10_000)" }

    /// - Throws: `server_too_old`, naming both versions.
    func check() throws(PostgresError) {
        guard number >= ServerVersion.oldest else {
            throw PostgresError(
                .serverTooOld, detail: "The server is PostgreSQL \(text); Inflow needs version 15 or later.",
                hint: "Upgrade the server, or leave INFLOW_DATABASE_URL unset to use a private PostgreSQL.")
        }
    }
}
