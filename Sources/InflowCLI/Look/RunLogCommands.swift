import ArgumentParser
import Foundation
import Inflow
import Sync
import Warehouse
import WorkflowMax

struct RunsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs", abstract: "The runs of a connection, or of all, newest first.")

    @Argument(help: "The connection; none for all.") var name: String?
    @Option(help: "How many at most.") var limit = 20
    @Flag(help: "One JSON document.") var json = false

    func run() async throws {
        try await reporting(json: json) {
            let wiring = try await Wiring.ready()
            var connection: Connection?
            if let name { connection = try await ConnectionStore(wiring.warehouse).find(name) }
            let runs = try await RunLogReader(wiring.warehouse).runs(of: connection, limit: max(1, limit))
            if json { return try Console.json(runs) }
            guard !runs.isEmpty else { return Console.print("Nothing has been run yet.") }
            let hasNames = name == nil
            Console.table(
                ["run"] + (hasNames ? ["connection"] : []) + [
                    "started (UTC)", "trigger", "outcome", "pulled", "new", "changed", "marked", "rejected", "calls",
                    "time", "what", "who",
                ],
                runs.map { run in
                    [String(run.run)] + (hasNames ? [run.connection] : []) + [
                        InstantText.long(run.startedAt, in: .gmt), run.trigger.rawValue, run.status.rawValue,
                        Console.grouped(run.tally.pulled), Console.grouped(run.tally.inserted),
                        Console.grouped(run.tally.updated), Console.grouped(run.tally.markedDeleted),
                        Console.grouped(run.tally.rejected), Console.grouped(run.calls),
                        run.seconds.map(Console.seconds) ?? "", run.scope, run.holder,
                    ]
                })
            for run in runs { if let error = run.error { Console.print("run \(run.run): \(error)") } }
        }
    }
}

struct RunLogCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "One run: its parts, their numbers and what went wrong; followed while it goes on.",
        discussion: """
            With --follow a run that goes on, here or on another machine, is shown until it ends, and the exit code is its \
            outcome's. Ctrl-C ends the showing and not the run.
            """)

    @Argument(help: "Number of the run, as \"inflow runs\" lists it.") var id: Int64
    @Flag(help: "List its chunks too.") var chunks = false
    @Flag(help: "Show it until it ends; the exit code is its outcome's.") var follow = false
    @Flag(help: "One JSON document and nothing else on standard output.") var json = false

    func run() async throws {
        try await reporting(json: json) {
            let wiring = try await Wiring.ready()
            let book = RunLogReader(wiring.warehouse)
            var outcome: RunOutcome?
            if follow { outcome = try await RunFollower(book).followed(id) }
            guard let (run, parts) = try await book.run(id) else { throw UserError.unknownRun(id) }
            let pieces = chunks ? try await book.chunks(of: id) : nil
            let document = RunLogDocument(run, parts.inOrder(WorkflowMax.entities), chunks: pieces)
            if json { try Console.json(document) } else { for line in document.lines { Console.print(line) } }
            if let outcome, outcome.exitCode != 0 { throw ExitCode(outcome.exitCode) }
        }
    }
}

/// A run of the log, as a person or a program reads it.
struct RunLogDocument: Encodable {
    struct Part: Encodable {
        let entity: String
        let status: PartStatus
        let pulled, inserted, updated, unchanged, markedDeleted, rejected, duplicates: Int
        let calls, bytes: Int
        let seconds: Double
        let chunks, chunksLoaded, chunksFailed, held: Int
        let note: String?
        let errors: [String]
    }

    let run: Int64
    let connection: String
    let trigger: Trigger
    let scope, holder: String
    let startedAt: Date
    let finishedAt: OrNull<Date>
    /// How it stands or ended.
    let outcome: RunStatus
    let exitCode: OrNull<Int32>
    let pulled, inserted, updated, unchanged, markedDeleted, rejected, duplicates: Int
    let calls, bytes: Int
    let seconds: OrNull<Double>
    let error: OrNull<String>
    let entities: [Part]
    /// Where they were asked for.
    let chunks: [LoggedChunk]?

    init(_ run: LoggedRun, _ parts: [LoggedPart], chunks: [LoggedChunk]?) {
        self.run = run.run
        (connection, trigger, scope, holder) = (run.connection, run.trigger, run.scope, run.holder)
        startedAt = run.startedAt
        finishedAt = OrNull(run.finishedAt)
        outcome = run.status
        exitCode = OrNull(run.status.outcome?.exitCode)
        let tally = run.tally
        (pulled, inserted, updated, unchanged) = (tally.pulled, tally.inserted, tally.updated, tally.unchanged)
        (markedDeleted, rejected, duplicates) = (tally.markedDeleted, tally.rejected, tally.duplicates)
        (calls, bytes) = (run.calls, run.bytes)
        seconds = OrNull(run.seconds)
        error = OrNull(run.error)
        self.chunks = chunks
        entities = parts.map { part in
            let tally = part.tally
            return Part(
                entity: part.entity, status: part.status, pulled: tally.pulled, inserted: tally.inserted,
                updated: tally.updated, unchanged: tally.unchanged, markedDeleted: tally.markedDeleted,
                rejected: tally.rejected, duplicates: tally.duplicates, calls: part.traffic.calls,
                bytes: part.traffic.bytes, seconds: part.seconds, chunks: part.details.plannedChunks,
                chunksLoaded: part.details.loadedChunks, chunksFailed: part.failedChunks, held: part.details.held,
                note: part.note, errors: EntityResult(part).errors)
        }
    }
}

// MARK: text

extension RunLogDocument {
    /// The run in lines: what it was, its parts, its chunks where they were asked for, what went wrong.
    var lines: [String] {
        var lines = [
            "Run \(run) of \"\(connection)\": \(scope) (\(trigger)), by \(holder)",
            "Began \(InstantText.long(startedAt, in: .gmt)) UTC, \(ended); \(Console.grouped(calls)) calls, "
                + "\(Console.grouped(bytes)) bytes.",
            "Outcome: \(outcome.outcome?.words ?? "it goes on; the numbers are those of what is committed").",
        ]
        lines += error.value.map { ["Error: \($0)"] } ?? []
        lines.append("")
        lines += Console.lines(
            [
                "entity", "pulled", "new", "changed", "unchanged", "marked", "rejected", "duplicates", "chunks",
                "calls",
                "time", "status",
            ],
            entities.map { part in
                [part.entity]
                    + [
                        part.pulled, part.inserted, part.updated, part.unchanged, part.markedDeleted, part.rejected,
                        part.duplicates,
                    ].map(Console.grouped)
                    + [
                        "\(part.chunksLoaded)/\(part.chunks)", Console.grouped(part.calls),
                        Console.seconds(part.seconds),
                        part.status.rawValue,
                    ]
            })
        for part in entities { lines += part.note.map { ["\(part.entity): \($0)"] } ?? [] }
        for part in entities { lines += part.errors.map { "\(part.entity): \($0)" } }
        if let chunks { lines += [""] + RunLogDocument.lines(of: chunks) }
        return lines
    }

    private var ended: String {
        let took = seconds.value.map(Console.seconds)
        guard let finished = finishedAt.value else { return "\(took ?? "some time") ago" }
        return "ended \(InstantText.long(finished, in: .gmt))" + (took.map { ", \($0)" } ?? "")
    }

    private static func lines(of chunks: [LoggedChunk]) -> [String] {
        guard !chunks.isEmpty else { return ["No chunk was read."] }
        return Console.lines(
            [
                "entity", "chunk", "status", "asked (UTC)", "time", "pulled", "new", "changed", "rejected", "calls",
                "tries",
            ],
            chunks.map { chunk in
                [
                    chunk.entity, chunk.chunk, chunk.status.rawValue, InstantText.long(chunk.askedAt, in: .gmt),
                    Console.seconds(chunk.seconds),
                ]
                    + [
                        chunk.tally.pulled, chunk.tally.inserted, chunk.tally.updated, chunk.tally.rejected,
                        chunk.calls,
                        chunk.tries,
                    ].map(Console.grouped)
            })
            + chunks.compactMap { chunk in chunk.error.map { "\(chunk.entity), \(chunk.chunk): \($0)" } }
    }
}
