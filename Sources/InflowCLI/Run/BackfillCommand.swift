import ArgumentParser
import Foundation
import Inflow
import Sync
import Warehouse
import WorkflowMax

struct BackfillCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backfill",
        abstract: "Load history, chunk by chunk, newest first; the same command goes on where it stopped.",
        discussion: """
            Months that are covered already are skipped unless --again says so; days are widened to whole months. It runs \
            beside the runs of every day and leaves them their calls. Ctrl-C finishes what is in hand.
            """)

    @Argument(help: "The connection.") var name: String
    @Argument(help: "Entities with dates; none for all of them.") var entities: [String] = []
    @Option(help: "First day, yyyy-MM-dd.") var from: Day
    @Option(help: "Last day, yyyy-MM-dd, included; without it to the end of this month.") var to: Day?
    @Option(help: "How much history is one chunk: month, quarter or year.") var chunk = BackfillPlan.Size.quarter
    @Flag(help: "Read also what is covered already.") var again = false
    @Flag(help: "Say what would be read, at how many calls and minutes; read nothing.") var plan = false
    @Flag(help: "One JSON document and nothing else on standard output.") var json = false

    func run() async throws {
        try await reporting(json: json) {
            let wiring = try await Wiring.ready()
            let connection = try await ConnectionStore(wiring.warehouse).find(name)
            let state = try await ReadLog(wiring.warehouse, connection).state()
            let settings = connection.settings
            let history = try BackfillPlan(
                entities, of: WorkflowMax.entities, from: from.date, to: to?.date, by: chunk, again: again,
                state: state,
                today: LocalDate(Date(), in: settings.timeZone))
            let estimate = history.estimate(
                sizes: state.spanSizes, state: state, settings, reserve: settings.quotaReserve)
            if plan || history.chunks.isEmpty {
                return try BackfillPlanDocument(history, estimate).show(json: json)
            }
            try connection.checkReadable()
            Console.note("\(estimate.words).")
            try await load(history, state, estimate, wiring, connection)
        }
    }

    private func load(
        _ history: BackfillPlan, _ state: SyncState, _ estimate: BackfillPlan.Estimate, _ wiring: Wiring,
        _ connection: Connection
    ) async throws {
        let display = BackfillDisplay(chunks: history.chunks.count, calls: estimate.calls)
        let engine = try await wiring.engine(connection) { display.take($0) }
        let stop = StopRequest()
        let report = try await interruptible(finishing: stop) {
            try await engine.backfill(history, state: state, isStopping: { stop.isMade })
        }
        display.end()
        await QuotaLedgers.all.close()
        if json {
            try Console.json(RunDocument(report, connection: name))
        } else {
            show(report, display.done, history.chunks.count)
        }
        if report.outcome.exitCode != 0 { throw ExitCode(report.outcome.exitCode) }
    }

    private func show(_ report: RunReport, _ done: Int, _ all: Int) {
        Console.table(
            ["entity", "pulled", "inserted", "updated", "unchanged", "rejected", "calls", "status"],
            report.entities.map { entity in
                let tally = entity.tally
                return [entity.entity]
                    + [
                        tally.pulled, tally.inserted, tally.updated, tally.unchanged, tally.rejected,
                        entity.traffic.calls,
                    ]
                    .map(Console.grouped) + [entity.status.rawValue]
            })
        Console.print("Backfill of \"\(name)\", run \(report.run): \(done) of \(all) chunks, \(report.outcome.words).")
        for entity in report.entities {
            for error in entity.errors { Console.note("\(entity.entity), \(error)") }
        }
        if let error = report.error, report.entities.allSatisfy(\.errors.isEmpty) { Console.note(error) }
        if let at = report.resumeAt { Console.note("Calls are free again at \(at.formatted(.iso8601)).") }
        guard report.outcome != .green, report.outcome != .warnings, report.outcome != .rejections else { return }
        Console.note("What was loaded stays and is not read again. Go on with: \(command)")
    }

    /// The command that goes on.
    private var command: String {
        let days = ["--from \(from.date)"] + (to.map { ["--to \($0.date)"] } ?? [])
        let size = chunk == .quarter ? [] : ["--chunk \(chunk.rawValue)"]
        return (["inflow backfill \(name)"] + entities + days + size).joined(separator: " ")
    }
}
