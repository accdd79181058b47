import ArgumentParser
import Inflow
import Postgres

struct DatabaseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "database", abstract: "Start, stop or inspect the private PostgreSQL.",
        subcommands: [Start.self, Stop.self, Status.self, URL.self])

    struct Start: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Start the private PostgreSQL; create it first if there is none.",
            discussion: examples("inflow database start"))

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
        static let configuration = CommandConfiguration(
            abstract: "Stop the private PostgreSQL and end its sessions.",
            discussion: """
                "inflow serve" restarts a private PostgreSQL that dies, and leaves one alone that this command stopped, \
                until "inflow database start" or another command starts it.
                """
                    + "\n\n" + examples("inflow database stop"))

        func run() async throws {
            try await reporting {
                try await Wiring.cluster(try await Settings.load()).stop(byPerson: true)
                Console.print("Stopped.")
            }
        }
    }

    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show whether the private PostgreSQL runs; exit code 1 if it does not.",
            discussion: examples("inflow database status"))

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
                    Console.print("not created yet; its folder will be \(cluster.folder)")
                    throw ExitCode(1)
                }
            }
        }
    }

    struct URL: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "url", abstract: "Print the libpq URL of the private PostgreSQL.",
            discussion: examples("inflow database url"))

        func run() async throws {
            try await reporting {
                Console.print(try Wiring.cluster(try await Settings.load()).url(database: "inflow"))
            }
        }
    }
}
