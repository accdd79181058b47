import ArgumentParser
import Foundation
import Inflow
import Postgres
import Warehouse

struct PsqlCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "psql", abstract: "Open the tables in psql, to read them.",
        discussion: """
            The session sees the rows of one connection, or without a name those of all, and can change nothing. \
            Inflow logs in with a role of its own, whose password is good for a minute and in no list of processes. \
            What follows -- goes to psql.
            """
                + "\n\n" + examples("inflow psql acme", "inflow psql acme -- -c 'select * from report.coverage'"))

    @Argument(help: "Name of the connection; without it, all connections.", completion: .connections)
    var name: String?
    @Argument(parsing: .postTerminator, help: "Arguments for psql, after --.") var arguments: [String] = []

    func run() async throws {
        try await reporting {
            let wiring = try await Wiring.ready()
            let connection = try await wiring.readable(name)
            let access = try await ReaderRoles(wiring.warehouse).terminalAccess(
                for: connection.map { .connection($0) } ?? .all)
            await wiring.auditIfPossible(.psqlOpened, connection)
            let login = [
                "host": access.host, "port": String(access.port), "dbname": access.database, "user": access.user,
                "password": access.password ?? "",
            ]
            do throws(PostgresError) {
                try ClientProgram("psql", url: wiring.warehouse.url, replacing: login).become(arguments)
            } catch {
                throw UserError([error.detail, error.hint].compactMap(\.self).joined(separator: " "))
            }
        }
    }
}
