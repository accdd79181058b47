import ArgumentParser
import Foundation
import Inflow
import Postgres
import Warehouse
import WorkflowMax

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Say what is missing, in words; changes nothing.")

    func run() async throws {
        try await reporting {
            let settings = try await Settings.load()
            var faults = 0
            func tell(_ isWell: Bool, _ text: String) {
                if !isWell { faults += 1 }
                Console.print("\(isWell ? "well   " : "missing")  \(text)")
            }
            tell(true, "Inflow \(Version.text), folder \"\(settings.home)\"")
            guard let url = try await databaseURL(settings, tell) else { throw ExitCode(1) }
            let warehouse = Warehouse(url: url)
            do {
                try await Migrator(warehouse).check()
                tell(true, "the schema is this Inflow's")
                try await checkContents(warehouse, settings, tell)
            } catch let error as WarehouseError {
                tell(false, error.userMessage)
            }
            if faults > 0 { throw ExitCode(1) }
        }
    }

    private func databaseURL(_ settings: Settings, _ tell: (Bool, String) -> Void) async throws -> String? {
        if let url = settings.databaseURL {
            tell(true, "the warehouse is the one of INFLOW_DATABASE_URL")
            return url
        }
        let cluster = Wiring.cluster(settings)
        do {
            switch try await cluster.status() {
            case .running:
                tell(true, "the private PostgreSQL runs")
                return try cluster.url(database: "inflow")
            case .stopped:
                tell(false, "the private PostgreSQL is stopped: \"inflow database start\", or any command starts it")
            case .busy: tell(false, "the private PostgreSQL is starting or stopping: look again in a moment")
            case .absent:
                tell(false, "there is no private PostgreSQL yet: \"inflow database start\" makes it")
            }
        } catch {
            tell(false, error.detail ?? error.message)
        }
        return nil
    }

    private func checkContents(
        _ warehouse: Warehouse, _ settings: Settings, _ tell: (Bool, String) -> Void
    ) async throws {
        let differences = try await SchemaCheck(warehouse, entities: WorkflowMax.entities).differences()
        tell(differences.isEmpty, "tables and definitions agree")
        for difference in differences { tell(false, difference) }
        let due = try await ReaderRoles(warehouse).outstanding()
        tell(
            due.isEmpty,
            due.isEmpty
                ? "every reader sees its rows and no others"
                : "\(due.count) grant(s) or policies for readers are not as they should be: \"inflow migrate\" sets them"
        )
        let connections = try await ConnectionStore(warehouse).list()
        tell(
            !connections.isEmpty,
            connections.isEmpty
                ? "there is no connection yet: \"inflow connection add NAME …\"" : "\(connections.count) connection(s)")
        guard !connections.isEmpty else { return }
        do {
            let box = try await SecretBox.open(settings.keyFile, for: warehouse)
            tell(true, "the key file \"\(settings.keyFile)\" fits")
            for connection in connections {
                _ = try await ConnectionStore(warehouse).clientSecret(of: connection, box: box)
                let token = try await TokenStore(warehouse, connection: connection, box: box).current()
                let status = try await TokenStatus.of(connection, in: warehouse)
                let document = TokenDocument(connection, status, now: Date())
                tell(
                    token != nil && status.needsConsentAt == nil && document.warning == nil,
                    token == nil || status.needsConsentAt != nil
                        ? "\"\(connection.name)\" has no tokens that serve: \"inflow authorise \(connection.name)\""
                        : document.warning ?? "\"\(connection.name)\" has tokens, \(document.short)")
            }
        } catch let error as WarehouseError {
            tell(false, error.message)
        }
    }
}
