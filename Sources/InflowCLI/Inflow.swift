import ArgumentParser
import Foundation

/// The `inflow` command.
@main
struct InflowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inflow",
        abstract: "Brings an organisation's records out of WorkflowMax into PostgreSQL reporting tables.",
        discussion: """
            Results go to standard output, progress and the log to standard error.

            Environment:
              INFLOW_DATABASE_URL     the warehouse, any libpq URL; unset: a private PostgreSQL, started when needed
              INFLOW_HOME             Inflow's folder (private PostgreSQL, key file, config.json)
              INFLOW_SECRET_KEY_FILE  the key file; unset: secret.key in Inflow's folder
              INFLOW_LOG_LEVEL        trace, debug, info, notice, warning or error (default notice)

            Exit codes: 0 green, 1 failed, 2 finished with warnings, 3 finished with rejections, 4 stopped by the day's \
            quota, 5 consent needed, 64 wrong usage, 130 interrupted.
            """,
        version: Version.text,
        subcommands: [
            SyncCommand.self, ConnectionCommand.self, CountsCommand.self, RunsCommand.self, RejectionsCommand.self,
            EntitiesCommand.self, MigrateCommand.self, DoctorCommand.self, DatabaseCommand.self, SandboxCommand.self,
        ])

    static func main() async {
        await main(nil)
        // All is written. Tearing libraries down under threads that are still at work has aborted a process that was done.
        _exit(0)
    }
}

/// Which Inflow this is.
enum Version {
    static let text = "0.1.0"
}
