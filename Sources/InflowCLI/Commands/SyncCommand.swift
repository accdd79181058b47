import ArgumentParser
import Foundation
import Inflow
import Sync
import Warehouse
import WorkflowMax

struct SyncCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sync",
        abstract: "Sync All, or a targeted sync of some entities.",
        discussion: """
            Without entities and dates: reference entities whole, transactional ones for the previous and the current \
            calendar month. Dates are inclusive, may lie in the future, and fit entities that the platform gives by date: \
            quote, job, purchase_order, invoice, timesheet, lead.
            """)

    @Argument(help: "The connection.") var name: String
    @Argument(help: "Entities, such as invoice or timesheet; none for all.") var entities: [String] = []
    @Option(help: "First day, yyyy-MM-dd, included.") var from: Day?
    @Option(help: "Last day, yyyy-MM-dd, included; without it to the end of the month.") var to: Day?
    @Flag(help: "One JSON document and nothing else on standard output.") var json = false

    func run() async throws {
        try await reporting(json: json) {
            let wiring = try await Wiring.ready()
            let connection = try await ConnectionStore(wiring.warehouse).find(name)
            let plan = try plan(connection.settings)
            let display = ProgressDisplay()
            let source = try await wiring.source(connection)
            let atOnce = connection.settings.callsAtOnce
            let engine = RunEngine(
                wiring.warehouse, connection, source, workers: atOnce == 0 ? 5 : min(5, atOnce), logger: wiring.logger,
                progress: { display.take($0) })
            let report = try await interruptible { try await engine.run(plan) }
            display.end()
            if json {
                try Console.json(RunDocument(report, connection: name))
            } else {
                show(report)
            }
            if report.outcome.exitCode != 0 { throw ExitCode(report.outcome.exitCode) }
        }
    }

    private func plan(_ settings: ConnectionSettings) throws -> RunPlan {
        let today = LocalDate(Date(), in: settings.timeZone)
        if entities.isEmpty, from == nil, to == nil {
            return .syncAll(WorkflowMax.entities, settings, today: today)
        }
        return try .targeted(
            entities, of: WorkflowMax.entities, from: from?.date, to: to?.date, settings, today: today)
    }

    private func show(_ report: RunReport) {
        let rows = report.entities.map { entity in
            let tally = entity.tally
            return [entity.entity]
                + [tally.pulled, tally.inserted, tally.updated, tally.unchanged, tally.rejected, tally.duplicates]
                .map(Console.grouped) + [Console.grouped(entity.traffic.calls), entity.status]
        }
        Console.table(
            ["entity", "pulled", "inserted", "updated", "unchanged", "rejected", "duplicates", "calls", "status"], rows)
        Console.print("Run \(report.run) of \"\(name)\": \(report.outcome.words).")
        if let error = report.error { Console.note(error) }
        if report.tally.rejected > 0 { Console.note("Rejected records: \"inflow rejections \(name)\".") }
    }
}

/// A day as a person types it.
struct Day: ExpressibleByArgument {
    let date: LocalDate

    init?(argument: String) {
        guard let date = LocalDate(argument) else { return nil }
        self.date = date
    }
}

extension RunOutcome {
    /// The outcome in words.
    var words: String {
        switch self {
        case .green: "green, everything read and every record accounted for"
        case .warnings: "finished with warnings"
        case .rejections: "finished, with rejected records"
        case .failed: "failed; what is committed stays in the tables"
        case .quota: "stopped by the day's quota; run it again when the quota is free"
        case .consent: "stopped; the connection must be authorised again"
        case .interrupted: "interrupted; what is committed stays in the tables"
        }
    }
}

/// A run as a JSON document.
struct RunDocument: Encodable {
    struct Part: Encodable {
        let entity: String
        let status: String
        let pulled, inserted, updated, unchanged, markedDeleted, rejected, duplicates: Int
        let calls, bytes: Int
        let chunks, chunksLoaded: Int
        let note: String?
        let errors: [String]
    }

    let connection: String
    let run: Int64
    let outcome: String
    let exitCode: Int32
    let pulled, inserted, updated, unchanged, markedDeleted, rejected, duplicates: Int
    let calls, bytes: Int
    let error: String?
    let entities: [Part]

    init(_ report: RunReport, connection: String) {
        self.connection = connection
        run = report.run
        outcome = report.outcome.rawValue
        exitCode = report.outcome.exitCode
        error = report.error
        let tally = report.tally
        (pulled, inserted, updated, unchanged) = (tally.pulled, tally.inserted, tally.updated, tally.unchanged)
        (markedDeleted, rejected, duplicates) = (tally.markedDeleted, tally.rejected, tally.duplicates)
        (calls, bytes) = (report.traffic.calls, report.traffic.bytes)
        entities = report.entities.map { entity in
            let tally = entity.tally
            return Part(
                entity: entity.entity, status: entity.status, pulled: tally.pulled, inserted: tally.inserted,
                updated: tally.updated, unchanged: tally.unchanged, markedDeleted: tally.markedDeleted,
                rejected: tally.rejected, duplicates: tally.duplicates, calls: entity.traffic.calls,
                bytes: entity.traffic.bytes, chunks: entity.plannedChunks, chunksLoaded: entity.loadedChunks,
                note: entity.note, errors: entity.errors)
        }
    }
}
