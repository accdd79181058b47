internal import Foundation
internal import Hummingbird
internal import Inflow

/// The history of a connection's runs, and each run with its parts and chunks.
struct RunsPage: Sendable {
    let services: PageServices
    let pages: Pages

    private static let most = 50

    private struct Content {
        let runs: [Row]
        let trend: TrendChart
        let isEmpty: Bool
        let earlier: String?
    }

    private struct Row {
        let run: Int64
        let address: String
        let began: String
        let what: String
        let scope: String
        let state: String
        let tone: String
        let took: String
        let pulled: String
        let inserted: String
        let updated: String
        let marked: String
        let rejected: String
        let calls: String
        let error: String?
    }

    private struct Whole {
        let row: Row
        let facts: [Fact]
        let parts: [Part]
        let chunks: [Chunk]
        let hasChunks: Bool
    }

    private struct Fact {
        let name: String
        let value: String
    }

    private struct Part {
        let words: String
        let status: String
        let tone: String
        let numbers: [String]
        let notes: [String]
    }

    private struct Chunk {
        let entity: String
        let chunk: String
        let ended: String
        let took: String
        let rows: String
        let tries: Int
        let error: String?
        let tone: String
        let state: String
    }

    func register(_ routes: PageRoutes) {
        routes.get("connections/:connection/runs") { asked in
            let name = try asked.named()
            let before = asked.question["before"].flatMap { Int64($0) }
            let history = try await services.history.runs(of: name, before: before, limit: Self.most)
            let rows = history.runs.map { row($0, history.zone, name) }
            let address = Address.connection(name) + "/runs"
            let content = Content(
                runs: rows, trend: TrendChart(history.trend, zone: history.zone), isEmpty: rows.isEmpty,
                earlier: rows.count == Self.most ? history.runs.last.map { "\(address)?before=\($0.run)" } : nil)
            return try pages.page("runs", title: "\(name): runs", content, for: asked, tab: .runs)
        }
        routes.get("connections/:connection/runs/:run") { asked in
            let name = try asked.named()
            let run = try await services.history.run(try asked.number("run"), of: name)
            return try pages.page(
                "run", title: "\(name): run \(run.facts.run)", whole(run, name), for: asked, tab: .runs)
        }
    }

    private func row(_ run: PastRun.Facts, _ zone: TimeZone, _ name: String) -> Row {
        Row(
            run: run.run, address: Address.connection(name) + "/runs/\(run.run)", began: run.startedAt.text(in: zone),
            what: RunWords.trigger(run.trigger), scope: run.scope,
            state: run.isDead ? "Died" : RunWords.status(run.status),
            tone: (run.isDead ? Tone.bad : Tone(run.status)).rawValue,
            took: run.seconds.map { NumberText.duration($0) } ?? "–", pulled: NumberText.grouped(run.tally.pulled),
            inserted: NumberText.grouped(run.tally.inserted), updated: NumberText.grouped(run.tally.updated),
            marked: NumberText.grouped(run.tally.markedDeleted), rejected: NumberText.grouped(run.tally.rejected),
            calls: NumberText.grouped(run.calls), error: run.error)
    }

    private func whole(_ run: PastRun, _ name: String) -> Whole {
        let facts = run.facts
        let size = facts.bytes < 1 << 20 ? "\(facts.bytes >> 10) KiB" : "\(facts.bytes >> 20) MiB"
        return Whole(
            row: row(facts, run.zone, name),
            facts: [
                Fact(name: "What", value: "\(RunWords.trigger(facts.trigger)): \(facts.scope)"),
                Fact(name: "Began", value: facts.startedAt.named(in: run.zone)),
                Fact(name: "Took", value: facts.seconds.map { NumberText.duration($0) } ?? "–"),
                Fact(name: "Calls", value: "\(NumberText.grouped(facts.calls)), \(size) received"),
                Fact(name: "Ran in", value: facts.holder),
            ],
            parts: run.parts.map { part in
                Part(
                    words: EntityWords.plural(part.entity), status: RunWords.part(part.status),
                    tone: Tone(part.status).rawValue, numbers: numbers(part.tally) + [NumberText.grouped(part.calls)],
                    notes: part.words)
            },
            chunks: run.chunks.map { chunk in
                Chunk(
                    entity: EntityWords.plural(chunk.entity), chunk: chunk.chunk,
                    ended: chunk.endedAt.text(in: run.zone),
                    took: NumberText.duration(chunk.seconds), rows: NumberText.grouped(chunk.tally.pulled),
                    tries: chunk.tries, error: chunk.error, tone: (chunk.isLoaded ? Tone.good : .bad).rawValue,
                    state: chunk.isLoaded ? "loaded" : "not loaded")
            }, hasChunks: !run.chunks.isEmpty)
    }

    /// Where every record of the answers went: the first is the sum of the others but those marked.
    private func numbers(_ tally: Tally) -> [String] {
        [
            tally.pulled, tally.inserted, tally.updated, tally.unchanged, tally.older, tally.rejected, tally.duplicates,
            tally.outside, tally.markedDeleted,
        ].map(NumberText.grouped)
    }
}
