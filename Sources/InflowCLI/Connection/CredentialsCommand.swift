import ArgumentParser
import Foundation
import Inflow
import Warehouse

extension ConnectionCommand {
    struct Credentials: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Create or show the login that reads a connection's tables from Power BI, psql and others.",
            discussion: """
                The first time, Inflow creates a login role that sees only the rows of this connection and can change \
                nothing. Inflow shows the password once and does not store it; --rotate sets a new one. With --all, \
                the role sees the rows of all connections.

                If Inflow's own role may not create roles, Inflow prints the SQL for an administrator on standard \
                output and ends with exit code 1. Run this command again after the administrator has run the SQL.
                """
                    + "\n\n"
                    + examples(
                        "inflow connection credentials acme",
                        "inflow connection credentials --all --rotate"))

        @Argument(help: "Name of the connection.", completion: .connections) var name: String?
        @Flag(help: "Create or show the login that reads the rows of all connections.") var all = false
        @Flag(help: "Set a new password; the old one stops working at once.") var rotate = false
        @Flag(help: "Print one JSON document.") var json = false

        func run() async throws {
            try await reporting(json: json) {
                guard (name == nil) == all else {
                    throw UserError("Give either a connection's name or --all. Nothing was changed.", exitCode: 64)
                }
                let wiring = try await Wiring.ready()
                let reader = try await reader(wiring)
                let access = try await ReaderRoles(wiring.warehouse).access(for: reader, rotating: rotate)
                if access.password != nil {
                    var named: Connection?
                    if case .connection(let connection) = reader { named = connection }
                    try await wiring.audit(.credentialsMade, by: .command, named, subject: access.user)
                }
                if json {
                    try Console.json(AccessDocument(access, connection: name))
                } else if let sql = access.sql {
                    showSQL(access, sql)
                } else {
                    show(access)
                }
                if access.sql != nil { throw ExitCode(1) }
            }
        }

        private func reader(_ wiring: Wiring) async throws -> ReaderRoles.Reader {
            guard let name else { return .all }
            let connection = try await ConnectionStore(wiring.warehouse).find(name)
            try connection.checkStays()
            return .connection(connection)
        }

        private func show(_ access: ReaderRoles.Access) {
            let whose = name.map { "the rows of \"\($0)\"" } ?? "the rows of all connections"
            Console.print("This login reads \(whose) and changes nothing.\n")
            for (key, value) in access.lines {
                Console.print(key.padding(toLength: 10, withPad: " ", startingAt: 0) + value)
            }
            if access.password != nil {
                Console.note("Inflow shows the password only now and does not store it. --rotate sets a new one.")
            } else {
                Console.note(
                    "Inflow showed the password when it was set and did not store it. --rotate sets a new one.")
            }
            if access.host.hasPrefix("/") {
                Console.note(
                    "The server listens only on a socket. To let the private PostgreSQL listen on 127.0.0.1, run "
                        + "\"inflow database stop\" and then \"inflow database start\".")
            }
        }

        private func showSQL(_ access: ReaderRoles.Access, _ sql: String) {
            Console.print(sql)
            Console.note(
                "Inflow's role may not create or change roles, so \"\(access.user)\" cannot read anything yet. Ask an "
                    + "administrator to run the SQL above, then run this command again without --rotate.")
            Console.note("The password, which Inflow shows only now: \(access.password ?? "")")
        }
    }
}

extension ReaderRoles.Access {
    /// The fields and ready connection strings, which never hold the password.
    fileprivate var lines: [(String, String)] {
        var lines = [("host", host), ("port", String(port)), ("database", database), ("user", user)]
        if let password { lines.append(("password", password)) }
        return lines + [("psql", psql), ("URL", url), ("JDBC", jdbc), ("ODBC", odbc), ("Power BI", powerBI)]
    }

    /// Ready texts for tools, which never hold the password.
    var toolStrings: [(tool: String, text: String)] {
        [
            ("psql", psql), ("Power BI", powerBI), ("Metabase", jdbc), ("Excel (ODBC)", odbc), ("JDBC", jdbc),
            ("URL", url),
        ]
    }

    fileprivate var psql: String { "psql \"\(url)\"" }

    fileprivate var url: String {
        host.hasPrefix("/")
            ? "postgresql:///\(encoded(database))?host=\(encoded(host))&port=\(port)&user=\(encoded(user))"
            : "postgresql://\(encoded(user))@\(bracketed):\(port)/\(encoded(database))"
    }

    /// For the driver of Windows; `psqlodbc` of Linux has the same keywords.
    fileprivate var odbc: String {
        "Driver={PostgreSQL Unicode(x64)};Server=\(braced(host));Port=\(port);Database=\(braced(database));"
            + "Uid=\(braced(user));SSLmode=prefer"
    }

    /// A value of an ODBC string, in braces where it would end early without.
    private func braced(_ value: String) -> String {
        value.contains { ";{}=[]".contains($0) } || value != value.trimmed
            ? "{\(value.replacing("}", with: "}}"))}" : value
    }

    fileprivate var jdbc: String { "jdbc:postgresql://\(bracketed):\(port)/\(encoded(database))?user=\(encoded(user))" }

    fileprivate var powerBI: String { "server \(bracketed):\(port), database \(database)" }

    /// An IPv6 address has brackets wherever a port follows.
    private var bracketed: String { host.contains(":") ? "[\(host)]" : host }

    private func encoded(_ text: String) -> String {
        let plain = CharacterSet.alphanumerics.intersection(CharacterSet(charactersIn: "\u{0}"..."\u{7F}"))
            .union(CharacterSet(charactersIn: "-._~"))
        return text.addingPercentEncoding(withAllowedCharacters: plain) ?? text
    }
}

/// How to log in, as a JSON document; `password` and `sql` only where there are.
private struct AccessDocument: Encodable {
    let connection: String?
    let host: String
    let port: Int
    let database: String
    let user: String
    let password: String?
    let sql: String?
    let psql: String
    let url: String
    let jdbc: String
    let odbc: String

    init(_ access: ReaderRoles.Access, connection: String?) {
        self.connection = connection
        (host, port, database, user) = (access.host, access.port, access.database, access.user)
        (password, sql) = (access.password, access.sql)
        (psql, url, jdbc, odbc) = (access.psql, access.url, access.jdbc, access.odbc)
    }
}
