internal import Postgres
internal import SQLFiles

/// Looks whether a server and a database are such that Inflow can work with them, and what a role may not do there.
public struct ServerCheck: Sendable {
    private let warehouse: Warehouse

    /// A check of the server, database and role that a warehouse's address names.
    public init(_ warehouse: Warehouse) {
        self.warehouse = warehouse
    }

    /// What was found, one sentence each.
    public struct Findings: Sendable {
        /// What Inflow cannot work with, and what a person does against it.
        public var faults: [String] = []
        /// What a reader should know although it is as it should be.
        public var notes: [String] = []
    }

    /// Looks at all of it.
    ///
    /// - Throws: `unreachable`; `unfit_server` for a server that is too old and for a transaction pooler.
    public func findings() async throws(WarehouseError) -> Findings {
        try await warehouse.withSession("doctor") { session throws(WarehouseError) in
            var findings = Findings()
            do throws(WarehouseError) {
                try await ServerCheck.checkEncoding(session)
            } catch {
                findings.faults.append(error.message)
            }
            try await lifting("looking at the server") { () async throws(PostgresError) in
                findings.faults += try await ServerCheck.lackingRights(session)
                let readOnly = try await session.query(
                    "select current_setting('transaction_read_only') = 'on' as is_on")
                if try readOnly[0].bool("is_on") {
                    findings.faults.append(
                        "transactions are read-only here: the server is a standby, or the role or the database sets "
                            + "default_transaction_read_only")
                }
                let limits = try await session.query(Statements.serverLimits).read { row throws(PostgresError) in
                    "\(try row.text("name")) is \(try row.text("value")) for this role here; Inflow's own sessions "
                        + "set it to what they need"
                }
                findings.notes += limits
            }
            return findings
        }
    }

    /// Refuses a database whose encoding cannot hold every character.
    ///
    /// - Throws: `unfit_server`, with the command that makes a database that can.
    static func checkEncoding(_ session: PostgresConnection) async throws(WarehouseError) {
        let encoding = await session.serverEncoding
        guard encoding != "UTF8" else { return }
        let name = try await lifting("looking at the database") { () async throws(PostgresError) in
            try await session.query("select current_database() as name")[0].text("name")
        }
        throw WarehouseError(
            .unfitServer, subject: name,
            message:
                "The database \"\(name)\" has the encoding \(encoding). Inflow needs UTF8: names and texts hold "
                + "characters that \(encoding) cannot. Nothing was changed. Make a database with \"createdb -E UTF8 -T "
                + "template0 NAME\" (with \"-l C\" where the server's locale is of another encoding), and name it in "
                + "INFLOW_DATABASE_URL.")
    }

    /// The right without which no chunk can be staged, if the role lacks it.
    private static func lackingRights(_ session: PostgresConnection) async throws(PostgresError) -> [String] {
        try await session.query(
            """
            select format('grant temporary on database %I to %I;', current_database(), current_user) as sql
            where not has_database_privilege(current_database(), 'temporary')
            """
        ).read { row throws(PostgresError) in
            "the role may not make temporary tables, which each run needs; an administrator runs: \(try row.text("sql"))"
        }
    }
}
