public import ArgumentParser
import Foundation
public import Inflow
import Sync
import Synchronization
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
            let state = try await SyncStateStore(wiring.warehouse, connection).read()
            let settings = connection.settings
            let history = try BackfillPlan(
                entities, of: WorkflowMax.entities, from: from.date, to: to?.date, by: chunk, again: again,
                state: state,
                today: LocalDate(Date(), in: settings.timeZone))
            let estimate = history.estimate(
                sizes: state.spanSizes, state: state, settings, reserve: settings.quotaReserve)
            if plan || history.chunks.isEmpty { return try show(history, estimate) }
            try connection.checkReadable()
            Console.note("\(estimate.words).")
            try await load(history, state, estimate, wiring, connection)
        }
    }

    private struct PlanDocument: Encodable {
        struct Chunk: Encodable {
            let days: String
            let entities: [String]
        }
        let chunks: [Chunk]
        let skipped: Int
        let calls: Int
        let minutes: Int?
        let percentOfDay: Int?
        let callsLeftToday: Int?
        let days: Int
    }

    private func show(_ history: BackfillPlan, _ estimate: BackfillPlan.Estimate) throws {
        if json {
            return try Console.json(
                PlanDocument(
                    chunks: history.chunks.map { .init(days: $0.description, entities: $0.parts.map(\.entity.name)) },
                    skipped: history.skipped, calls: estimate.calls, minutes: estimate.minutes,
                    percentOfDay: estimate.percentOfDay, callsLeftToday: estimate.left, days: estimate.days))
        }
        guard !history.chunks.isEmpty else {
            return Console.print(
                "All of \(history.window) is covered: there is nothing to read. --again reads it once more.")
        }
        Console.table(
            ["chunk", "what is lacking"],
            history.chunks.map { [$0.description, $0.parts.map(\.entity.name).joined(separator: ", ")] })
        if history.skipped > 0 { Console.print("\(history.skipped) further chunks are covered already.") }
        Console.print("\(estimate.words).")
    }

    private func load(
        _ history: BackfillPlan, _ state: SyncState, _ estimate: BackfillPlan.Estimate, _ wiring: Wiring,
        _ connection: Connection
    ) async throws {
        let display = BackfillDisplay(chunks: history.chunks.count, calls: estimate.calls)
        let engine = try await wiring.engine(connection) { display.take($0) }
        let report = try await stoppable { isStopping in
            try await engine.backfill(history, state: state, isStopping: isStopping)
        }
        display.end()
        await QuotaLedgers.all.close()
        if json {
            try Console.json(RunDocument(report, connection: name))
        } else {
            tell(report, display.done, history.chunks.count)
        }
        if report.outcome.exitCode != 0 { throw ExitCode(report.outcome.exitCode) }
    }

    private func tell(_ report: RunReport, _ done: Int, _ all: Int) {
        Console.table(
            ["entity", "pulled", "inserted", "updated", "unchanged", "rejected", "calls", "status"],
            report.entities.map { entity in
                let tally = entity.tally
                return [entity.entity]
                    + [
                        tally.pulled, tally.inserted, tally.updated, tally.unchanged, tally.rejected,
                        entity.traffic.calls,
                    ]
                    .map(Console.grouped) + [entity.status]
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

extension BackfillPlan.Size: ExpressibleByArgument {}

/// Runs work that the first Ctrl-C or SIGTERM asks to finish what is in hand, the second cancels, and the third ends at once.
private func stoppable<T: Sendable>(
    _ body: @escaping @Sendable (_ isStopping: @escaping @Sendable () -> Bool) async throws -> T
) async throws -> T {
    let count = SignalCount()
    let task = Task { try await body { count.value > 0 } }
    signal(SIGINT, SIG_IGN)
    signal(SIGTERM, SIG_IGN)
    let sources = [SIGINT, SIGTERM].map { number in
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        source.setEventHandler {
            switch count.next() {
            case 1: Console.note("Finishing what is in hand. Once more to drop it.")
            case 2:
                Console.note(
                    "Stopping: what is committed stays; what is in hand is dropped. Once more to stop at once.")
                task.cancel()
            default: leave(130)
            }
        }
        source.resume()
        return source
    }
    defer { for source in sources { source.cancel() } }
    return try await task.value
}

/// How often a signal came.
private final class SignalCount: Sendable {
    private let count = Mutex(0)
    var value: Int { count.withLock { $0 } }

    func next() -> Int {
        count.withLock {
            $0 += 1
            return $0
        }
    }
}

struct SeedCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "seed", abstract: "Load all reference entities: staff, clients, tasks and the other lists.")

    @Argument(help: "The connection.") var name: String
    @Flag(help: "Say what would be read; read nothing.") var plan = false
    @Flag(help: "One JSON document and nothing else on standard output.") var json = false

    func run() async throws {
        try await reporting(json: json) {
            let wiring = try await Wiring.ready()
            let connection = try await ConnectionStore(wiring.warehouse).find(name)
            let settings = connection.settings
            var what = try RunPlan.targeted(
                WorkflowMax.entities.filter { $0.kind == .reference }.map(\.name),
                of: WorkflowMax.entities, from: nil, to: nil, settings, today: LocalDate(Date(), in: settings.timeZone))
            what.scope = "seed: all reference entities"
            if plan { return try InflowCLI.PlanDocument(what).show(json: json) }
            try await RunCommand(wiring: wiring, connection: connection, json: json).run(what)
        }
    }
}
