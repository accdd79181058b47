import ArgumentParser
import CHeap
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
            SyncCommand.self, StatusCommand.self, SeedCommand.self, BackfillCommand.self, ScheduleCommand.self,
            ServeCommand.self, ReconcileCommand.self, AuthoriseCommand.self, ConnectionCommand.self, TokenCommand.self,
            SecretsCommand.self, CountsCommand.self, CoverageCommand.self, DeletionsCommand.self, RunsCommand.self,
            RunCommand.self, CancelCommand.self, QuotaCommand.self, RejectionsCommand.self, WhyCommand.self,
            DriftCommand.self,
            AlertCommand.self, QualityCommand.self, RederiveCommand.self, RawCommand.self, ExpireCommand.self,
            EntitiesCommand.self,
            MigrateCommand.self, DoctorCommand.self, DatabaseCommand.self, SandboxCommand.self,
        ])

    static func main() async {
        // Two heaps instead of eight per core: what threads free can be used again, and memory stays the same however much is
        // read (measured: 60 instead of 65 MiB at ten times the bench's work, at no more CPU time).
        _ = shim_set_heaps(2)
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            await QuotaLedgers.all.close()
            leave(0)
        } catch {
            await QuotaLedgers.all.close()
            let code = exitCode(for: error)
            let words = fullMessage(for: error)
            if !words.isEmpty { Console.write(words + "\n", to: code.isSuccess ? STDOUT_FILENO : STDERR_FILENO) }
            leave(code.rawValue)
        }
    }
}
