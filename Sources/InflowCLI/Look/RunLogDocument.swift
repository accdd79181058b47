import Foundation
import Inflow
import Sync
import Warehouse

/// A run in the run log, as a person or a program reads it.
struct RunLogDocument: Encodable {
    struct Part: Encodable {
        let entity: String
        let status: PartStatus
        let pulled, inserted, updated, unchanged, markedDeleted, rejected, duplicates, older, outside: Int
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
    /// The outcome as in a run's report, or `running`.
    let outcome: RunStatus
    let exitCode: OrNull<Int32>
    /// Whether its process ended, or fell silent, without closing it.
    let isDead: Bool
    let pulled, inserted, updated, unchanged, markedDeleted, rejected, duplicates, older, outside: Int
    let calls, bytes: Int
    let seconds: OrNull<Double>
    let error: OrNull<String>
    let entities: [Part]
    /// The chunks of the run; null without `--chunks`.
    let chunks: [LoggedChunk]?
    /// The zone of the connection, in which the text shows instants.
    let zone: TimeZone

    private enum CodingKeys: String, CodingKey {
        case run, connection, trigger, scope, holder, startedAt, finishedAt, outcome, exitCode, isDead
        case pulled, inserted, updated, unchanged, markedDeleted, rejected, duplicates, older, outside, calls, bytes
        case seconds, error, entities, chunks
    }

    init(_ run: LoggedRun, _ parts: [LoggedPart], chunks: [LoggedChunk]?) {
        self.run = run.run
        (connection, trigger, scope, holder) = (run.connection, run.trigger, run.scope, run.holder)
        startedAt = run.startedAt
        finishedAt = OrNull(run.finishedAt)
        outcome = run.status
        (isDead, zone) = (run.isDead, run.zone)
        exitCode = OrNull(run.status.outcome?.exitCode)
        let tally = run.tally
        (pulled, inserted, updated, unchanged) = (tally.pulled, tally.inserted, tally.updated, tally.unchanged)
        (markedDeleted, rejected) = (tally.markedDeleted, tally.rejected)
        (duplicates, older, outside) = (tally.duplicates, tally.older, tally.outside)
        (calls, bytes) = (run.calls, run.bytes)
        seconds = OrNull(run.seconds)
        error = OrNull(run.error)
        self.chunks = chunks
        entities = parts.map { part in
            let tally = part.tally
            return Part(
                entity: part.entity, status: part.status, pulled: tally.pulled, inserted: tally.inserted,
                updated: tally.updated, unchanged: tally.unchanged, markedDeleted: tally.markedDeleted,
                rejected: tally.rejected, duplicates: tally.duplicates, older: tally.older, outside: tally.outside,
                calls: part.traffic.calls,
                bytes: part.traffic.bytes, seconds: part.seconds, chunks: part.details.plannedChunks,
                chunksLoaded: part.details.loadedChunks, chunksFailed: part.failedChunks, held: part.details.held,
                note: part.note, errors: EntityResult(part).errors)
        }
    }
}

// MARK: text

extension RunLogDocument {
    /// The run as lines of text: its head, its entities, its chunks if asked for, and its errors.
    var lines: [String] {
        var lines = [
            "Run \(run) of \"\(connection)\": \(scope) (\(trigger)), by \(holder)",
            "Began \(startedAt.named(in: zone)), \(ended); \(Console.grouped(calls)) calls, "
                + "\(Console.grouped(bytes)) bytes.",
            "Outcome: "
                + (outcome.outcome?.words ?? unended) + ".",
        ]
        lines += error.value.map { ["Error: \($0)"] } ?? []
        lines.append("")
        lines += Console.lines(
            [
                "entity", "pulled", "new", "changed", "unchanged", "marked", "rejected", "duplicates", "older",
                "outside",
                "chunks",
                "calls",
                "time", "status",
            ],
            entities.map { part in
                [part.entity]
                    + [
                        part.pulled, part.inserted, part.updated, part.unchanged, part.markedDeleted, part.rejected,
                        part.duplicates, part.older, part.outside,
                    ].map(Console.grouped)
                    + [
                        "\(part.chunksLoaded)/\(part.chunks)", Console.grouped(part.calls),
                        Console.seconds(part.seconds),
                        isDead && part.status == .running ? RunText.died : part.status.rawValue,
                    ]
            })
        for part in entities { lines += part.note.map { ["\(part.entity): \($0)"] } ?? [] }
        for part in entities { lines += part.errors.map { "\(part.entity): \($0)" } }
        if let chunks { lines += [""] + chunkLines(chunks) }
        return lines
    }

    private var unended: String {
        isDead
            ? "died: its process ended without closing it. The next run, or a daemon, closes it as interrupted; the "
                + "numbers count what is committed"
            : "running; the numbers count what is committed so far"
    }

    private var ended: String {
        let took = seconds.value.map(Console.seconds)
        if isDead { return "last sign of life after \(took ?? "some time")" }
        guard let finished = finishedAt.value else { return "\(took ?? "some time") ago" }
        return "ended \(InstantText.long(finished, in: zone))" + (took.map { ", \($0)" } ?? "")
    }

    private func chunkLines(_ chunks: [LoggedChunk]) -> [String] {
        guard !chunks.isEmpty else { return ["The run read no chunk."] }
        return Console.lines(
            [
                "entity", "chunk", "status", "asked", "time", "pulled", "new", "changed", "rejected", "calls",
                "tries",
            ],
            chunks.map { chunk in
                [
                    chunk.entity, chunk.chunk, chunk.status.rawValue, InstantText.long(chunk.askedAt, in: zone),
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
