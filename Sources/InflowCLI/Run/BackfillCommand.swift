import ArgumentParser
import Foundation
import Inflow
import Sync
import Warehouse
import WorkflowMax

/// `inflow backfill`: reads years of history in chunks beside the daily runs.
///
/// Other runs drop the chunk under way at the first Ctrl-C. A backfill finishes it, because a chunk of history can be a
/// quarter of a year. It stops at the second Ctrl-C.
struct BackfillCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backfill",
        abstract: "Read years of history, newest first; run the same command again to continue.",
        discussion: """
            A backfill reads whole months and skips those that the tables hold already, unless you give --again. It \
            runs beside the daily runs and leaves their share of the calls to them. Ctrl-C finishes the current chunk.
            """
                + "\n\n"
                + examples(
                    "inflow backfill acme --from 2019",
                    "inflow backfill acme invoice --from 2024-07 --to 2025-06 --plan"))

    @Argument(help: "Name of the connection.", completion: .connections) var name: String
    @Argument(help: "Entities with dates; without any, all of them.", completion: .entities) var entities: [String] = []
    @Option(help: "First day, included: \(Day.forms).") var from: Day
    @Option(help: "Last day, included; without it, the end of this month.") var to: Day?
    @Option(help: "Size of one chunk.") var chunk = BackfillPlan.Size.quarter
    @Flag(help: "Read also the months that the tables hold already.") var again = false
    @Flag(help: "Show what a run would read, with how many calls and minutes; read nothing.") var plan = false
    @Flag(help: "Print one JSON document and nothing else on standard output.") var json = false
    @OptionGroup var quiet: QuietOption

    func run() async throws {
        try await reporting(json: json) {
            let wiring = try await Wiring.ready()
            let connection = try await ConnectionStore(wiring.warehouse).find(name)
            let state = try await SyncStateStore(wiring.warehouse, connection).read()
            let settings = connection.settings
            let history = try BackfillPlan(
                try findEntities(entities), of: WorkflowMax.entities, from: from.first(settings),
                to: to?.last(settings),
                by: chunk, again: again,
                state: state,
                today: LocalDate(Date(), in: settings.timeZone))
            let estimate = history.estimate(
                sizes: state.spanSizes, state: state, settings, reserve: settings.quotaReserve)
            if plan || history.chunks.isEmpty {
                return try BackfillPlanDocument(history, estimate).show(json: json)
            }
            try connection.checkReadable()
            let last = to.map { " to \($0.last(settings))" } ?? ""
            try await wiring.audit(
                .backfillStarted, by: .command, connection, subject: "backfill from \(from.first(settings))\(last)")
            Console.note("\(estimate.words).")
            try await load(history, state, estimate, wiring, connection)
        }
    }

    private func load(
        _ history: BackfillPlan, _ state: SyncState, _ estimate: BackfillPlan.Estimate, _ wiring: Wiring,
        _ connection: Connection
    ) async throws {
        let display = BackfillDisplay(
            chunks: history.chunks.count, calls: estimate.calls, perMinute: connection.settings.callsPerMinute)
        let engine = try await wiring.engine(connection) { display.take($0) }
        let stop = StopRequest()
        let report = try await display.live(waiting: { await wiring.waitReason(connection) }) {
            try await interruptible(finishing: stop) {
                try await engine.backfill(history, state: state, isStopping: { stop.isMade })
            }
        }
        await QuotaLedgers.all.close()
        if json {
            try Console.json(RunDocument(report, connection: name))
        } else {
            show(report, display.done, history.chunks.count, connection.settings)
        }
        if report.outcome.exitCode != 0 { throw ExitCode(report.outcome.exitCode) }
    }

    private func show(_ report: RunReport, _ done: Int, _ all: Int, _ settings: ConnectionSettings) {
        Console.table(
            [
                "entity", "pulled", "inserted", "updated", "unchanged", "marked", "rejected", "duplicates", "older",
                "outside", "calls", "status",
            ],
            report.entities.map { entity in
                let tally = entity.tally
                return [entity.entity]
                    + [
                        tally.pulled, tally.inserted, tally.updated, tally.unchanged, tally.markedDeleted,
                        tally.rejected, tally.duplicates, tally.older, tally.outside, entity.traffic.calls,
                    ]
                    .map(Console.grouped) + [entity.status.rawValue]
            })
        Console.print("Backfill of \"\(name)\", run \(report.run): \(done) of \(all) chunks, \(report.outcome.words).")
        for entity in report.entities {
            for error in entity.errors { Console.note("\(entity.entity), \(error)") }
        }
        if let error = report.error, report.entities.allSatisfy(\.errors.isEmpty) { Console.note(error) }
        for warning in report.warnings { Console.note(warning) }
        if report.outcome == .rejections {
            Console.note(
                "Rejected records and values: \"inflow rejections "
                    + "\(name.shellWord)\".")
        }
        if let at = report.resumeAt {
            Console.note("WorkflowMax takes calls again from \(at.named(in: settings.timeZone)).")
        }
        guard report.outcome != .green, report.outcome != .warnings, report.outcome != .rejections else { return }
        Console.note(
            "The loaded records stay, and Inflow does not read them again. Continue with: \(command(settings))")
    }

    /// The command that continues this backfill, by its days: "last-month" may be another month by then.
    private func command(_ settings: ConnectionSettings) -> String {
        let days = ["--from \(from.first(settings))"] + (to.map { ["--to \($0.last(settings))"] } ?? [])
        let size = chunk == .quarter ? [] : ["--chunk \(chunk.rawValue)"]
        return (["inflow backfill \(name.shellWord)"] + entities + days + size).joined(separator: " ")
    }
}
