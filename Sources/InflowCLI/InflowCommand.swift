import ArgumentParser
import CHeap
import Foundation

/// The `inflow` command: the outermost layer, which knows every other target and which none of them imports.
///
/// The folders are named after what a person wants to do:
///
/// - `Run`: commands that read from the platform or change what the tables hold. `PlanRunner` is the path that most of
///   them share.
/// - `Look`: commands that only read the warehouse: status, runs, coverage, rejections, reasons.
/// - `Report`: commands that print or export what people ask of the tables, as a reader.
/// - `Period`: months that people sign off, and what changed in them since.
/// - `Connection`: organisations, their consent and tokens, and the roles that read their rows.
/// - `Alert`: the channels over which Inflow sends alerts.
/// - `Page`: who may enter the page and its API, and the log of what they did.
/// - `Setting`: what reports need and people keep.
/// - `Serve`: the daemon, its services, the schedule, health and metrics.
/// - `Server`: the warehouse itself, and the sandbox to try Inflow with.
/// - `Terminal`: everything about standard output, standard error, signals and exit codes.
///
/// `Wiring` joins the two ends for all of them. A command reads its arguments, opens a `Wiring`, calls one type of a
/// lower layer and shows the result; rules and SQL belong below this target.
@main
struct InflowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inflow",
        abstract: "Copies an organisation's records from WorkflowMax into PostgreSQL reporting tables.",
        discussion: """
            Inflow prints results on standard output, and progress and its log on standard error.

            Environment:
              INFLOW_DATABASE_URL     libpq URL of the warehouse (default: a private
                                      PostgreSQL, which Inflow starts when needed)
              INFLOW_HOME             folder for the private PostgreSQL, the key file
                                      and config.json (default ~/.inflow; for root
                                      /var/lib/inflow)
              INFLOW_SECRET_KEY_FILE  key file (default: secret.key in that folder)
              INFLOW_LOG_LEVEL        trace, debug, info, notice, warning or error
                                      (default notice)

            Exit codes:
              0    green: everything was read, and every record is accounted for
              1    failed
              2    finished with warnings
              3    finished, but some records were rejected
              4    the day's quota of calls is used up
              5    a person must authorise the connection again
              64   wrong usage
              130  interrupted
            """,
        version: Version.text,
        groupedSubcommands: groups)

    /// The commands by what a person wants to do: as `inflow` alone and `inflow --help` list them.
    private static let groups = [
        CommandGroup(
            name: "Every day",
            subcommands: [
                SyncCommand.self, StatusCommand.self, CountsCommand.self, CoverageCommand.self, ReportCommand.self,
                QueryCommand.self, PsqlCommand.self, ExportCommand.self, DocsCommand.self, PeriodCommand.self,
                ReconcileCommand.self, RunsCommand.self, RunCommand.self, CancelCommand.self,
            ]),
        CommandGroup(
            name: "Set up",
            subcommands: [
                ConnectionCommand.self, AuthoriseCommand.self, SeedCommand.self, BackfillCommand.self,
                ScheduleCommand.self, ServeCommand.self, AlertCommand.self, SettingCommand.self, SandboxCommand.self,
            ]),
        CommandGroup(
            name: "When something is wrong",
            subcommands: [
                DoctorCommand.self, RejectionsCommand.self, DeletionsCommand.self, QualityCommand.self,
                SumsCommand.self,
                WhyCommand.self, RawCommand.self, DriftCommand.self, QuotaCommand.self, TokenCommand.self,
            ]),
        CommandGroup(
            name: "Administration",
            subcommands: [
                BackupCommand.self, RestoreCommand.self, MigrateCommand.self, DatabaseCommand.self,
                SecretsCommand.self, PageCommand.self, UserCommand.self, APITokenCommand.self,
                WebhookCommand.self, AuditCommand.self, ExpireCommand.self,
                RederiveCommand.self, EntitiesCommand.self,
            ]),
    ]

    /// `inflow` alone: the commands in groups, and the next step for this machine.
    func run() async throws {
        for group in InflowCommand.groups {
            Console.print("\(group.name)")
            for command in group.subcommands {
                let name = "  \(command._commandName)".padding(toLength: 14, withPad: " ", startingAt: 0)
                let lines = TextTable.wrapped(command.configuration.abstract, max(40, Console.width - name.count))
                for (place, line) in lines.enumerated() {
                    Console.print((place == 0 ? name : String(repeating: " ", count: name.count)) + line)
                }
            }
            Console.print("")
        }
        Console.print("\"inflow COMMAND --help\" has options and examples.")
        Console.print("\"inflow --help\" has exit codes and settings.")
        let next = "Next: \(await NextStep.onThisMachine())"
        for line in TextTable.wrapped(next, max(40, Console.width)) { Console.print(line) }
    }

    static func main() async {
        // Two heaps instead of eight per core: threads can reuse what others freed, so memory does not grow with the
        // work (measured: 60 instead of 65 MiB at ten times the bench's work, at no more CPU time).
        _ = shim_set_heaps(2)
        // Without a fixed threshold the library raises it with the largest block that was freed, and keeps ever more
        // (measured: 63 instead of 65 MiB at the bench's work).
        _ = shim_give_back(256 << 10)
        // A reader that has seen enough (`inflow sync NAME | head`) ends neither a run nor its record.
        signal(SIGPIPE, SIG_IGN)
        do {
            // The asynchronous form, because the completion of connections asks the warehouse.
            var command = try await asyncParseAsRoot()
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
            let message = fullMessage(for: error)
            if !message.isEmpty { Console.write(message + "\n", to: code.isSuccess ? STDOUT_FILENO : STDERR_FILENO) }
            leave(code.rawValue)
        }
    }
}
