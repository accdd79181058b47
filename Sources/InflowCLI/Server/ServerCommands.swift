import ArgumentParser
import Foundation
import Inflow
import Postgres
import Sandbox
import Warehouse
import WorkflowMax

struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate", abstract: "Bring the warehouse's schema up to this Inflow's. Forward only.")

    func run() async throws {
        try await reporting {
            let wiring = try await Wiring.open()
            let outcome = try await Migrator(wiring.warehouse).migrate()
            // What a person changed by hand is set right too.
            try await ReaderRoles(wiring.warehouse).refresh()
            try await SchemaCheck(wiring.warehouse, entities: WorkflowMax.entities).run()
            if outcome.applied.isEmpty {
                Console.print("The warehouse is up to date.")
            } else {
                Console.print("Applied: \(outcome.applied.joined(separator: ", ")).")
            }
            if !outcome.reports.isEmpty {
                Console.print("Report views made: \(outcome.reports.joined(separator: ", ")).")
            }
        }
    }
}

struct DatabaseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "database", abstract: "The private PostgreSQL: start, stop, status, url.",
        subcommands: [Start.self, Stop.self, Status.self, URL.self])

    struct Start: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Start it, making it first if there is none.")

        func run() async throws {
            try await reporting {
                let cluster = Wiring.cluster(try await Settings.load())
                try await cluster.start()
                try await cluster.ensureDatabase("inflow")
                Console.print("Running: \(try cluster.url(database: "inflow"))")
            }
        }
    }

    struct Stop: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Stop it, ending its sessions.")

        func run() async throws {
            try await reporting {
                try await Wiring.cluster(try await Settings.load()).stop()
                Console.print("Stopped.")
            }
        }
    }

    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Say what it is doing; exit code 1 unless it runs.")

        func run() async throws {
            try await reporting {
                let cluster = Wiring.cluster(try await Settings.load())
                switch try await cluster.status() {
                case .running(let processID):
                    Console.print("running, process \(processID), in \(cluster.folder)")
                case .busy:
                    Console.print("starting or stopping, in \(cluster.folder)")
                    throw ExitCode(1)
                case .stopped:
                    Console.print("stopped, in \(cluster.folder)")
                    throw ExitCode(1)
                case .absent:
                    Console.print("not made yet; it will be in \(cluster.folder)")
                    throw ExitCode(1)
                }
            }
        }
    }

    struct URL: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "url", abstract: "Print its libpq URL.")

        func run() async throws {
            try await reporting {
                Console.print(try Wiring.cluster(try await Settings.load()).url(database: "inflow"))
            }
        }
    }
}

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
                tell(false, error.told)
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

struct SandboxCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sandbox", abstract: "A pretend WorkflowMax over HTTP, to try Inflow with.",
        discussion: """
            Prints its address and credentials when it is ready and runs until it is stopped. It listens on 127.0.0.1 \
            only, and everything in it is invented.
            """)

    @Option(help: "Port; 0 for any free one.") var port = 8931
    @Option(help: "Multiplies the firm: 1 is about 40 staff, 400 clients, 1,500 jobs, 60,000 time entries.")
    var scale = 1.0
    @Option(help: "Seed of the invented firm.") var seed: UInt64 = 1
    @Option(help: "Today, yyyy-MM-dd; the firm's three years end with it.") var today: Day?
    @Option(help: "Calls in flight at most, 0 for no limit.") var callsAtOnce = 5
    @Option(help: "Calls a minute at most, 0 for no limit.") var callsPerMinute = 60
    @Option(help: "Calls a day at most, 0 for no limit.") var callsPerDay = 5000
    @Option(help: "Seconds in a minute of the limits, to try them faster.") var windowSeconds = 60.0
    @Option(help: "Seconds in a day of the limits.") var daySeconds = 86_400.0
    @Flag(help: "Keep rendered answers, so that a bench measures the reader and not the sandbox.") var cacheBodies =
        false
    @Flag(help: "The bench's firm: 200,000 time entries, 20,000 invoices with 3 lines, 10,000 jobs with 5 tasks.")
    var bench = false
    @Flag(help: "Take any refresh token once, so that a restarted sandbox goes on with an old connection.")
    var acceptsUnknownTokens = false
    @Option(help: "Organisations; a consent is for all that are ticked.") var organisations = 1
    @Option(help: "Seconds for which a rotated refresh token may be used again; the platform has 0.") var graceSeconds =
        0
    @Option(help: "Write the address to this file when ready.") var readyFile: String?

    func run() async throws {
        try await reporting {
            var configuration = bench ? SandboxConfiguration.bench(scale: scale) : SandboxConfiguration()
            configuration.port = port
            configuration.seed = seed
            if !bench { configuration.scale = scale }
            if let today, let day = LocalDay(today.date.description) { configuration.today = day }
            configuration.limits = SandboxLimits(
                atOnce: callsAtOnce, perMinute: callsPerMinute, perDay: callsPerDay, windowSeconds: windowSeconds,
                daySeconds: daySeconds)
            configuration.cacheBodies = cacheBodies || bench
            configuration.acceptsUnknownRefreshTokens = acceptsUnknownTokens
            configuration.graceSeconds = graceSeconds
            for number in 1..<max(1, min(organisations, 9)) {
                configuration.accountIDs.append("\(number)f0e0d0c-0b0a-4908-8706-050403020100")
            }
            let settled = configuration
            let file = readyFile
            try await interruptible {
                try await Sandbox(settled).run { port in
                    let address = "http://127.0.0.1:\(port)"
                    Console.print(
                        """
                        Sandbox ready at \(address)
                          account id     \(settled.accountIDs.first ?? "")
                          client id      \(settled.clientID)
                          client secret  \(settled.clientSecret)
                          refresh token  \(settled.refreshToken)
                        """)
                    if let file { try? address.write(toFile: file, atomically: true, encoding: .utf8) }
                }
            }
        }
    }
}
