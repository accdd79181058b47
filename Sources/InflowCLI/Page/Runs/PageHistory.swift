import ConnectionPage
import Foundation
import Inflow
import Sync
import Warehouse
import WorkflowMax

/// Runs that have been, as the page shows them.
struct PageHistory: RunHistoryService {
    let wiring: Wiring

    private static let trend = 14

    func runs(of name: String, before: Int64?, limit: Int) async throws -> RunHistory {
        try await forPage {
            let connection = try await wiring.connection(name)
            let log = RunLogReader(wiring.warehouse)
            let runs = try await log.runs(of: connection, before: before, limit: limit)
            let trend = try await log.trends(length: Self.trend)[connection.id] ?? []
            return RunHistory(
                zone: connection.settings.timeZone, runs: runs.map { PastRun.Facts($0) },
                trend: trend.map {
                    ConnectionCard.Point(
                        run: $0.run, startedAt: $0.startedAt, seconds: $0.seconds, rows: $0.pulled, status: $0.status)
                })
        }
    }

    func run(_ number: Int64, of name: String) async throws -> PastRun {
        try await forPage {
            let connection = try await wiring.connection(name)
            let log = RunLogReader(wiring.warehouse)
            // A run of another connection does not exist for this one.
            guard let (run, parts) = try await log.run(number), run.connection == name else {
                throw PageProblem(
                    .notFound, "\(name) has no run \(number)", "It may have been forgotten since.",
                    remedy: .init("All runs", "/connections/\(name.pathPart)/runs"))
            }
            return PastRun(
                zone: connection.settings.timeZone, facts: PastRun.Facts(run),
                parts: parts.inOrder(WorkflowMax.entities).map { part in
                    PastRun.Part(
                        entity: part.entity, status: part.status, tally: part.tally, calls: part.traffic.calls,
                        words: [part.note, part.error].compactMap(\.self) + part.details.warnings + part.details.notes
                            + part.details.errors)
                },
                chunks: try await log.chunks(of: number).reversed().map { chunk in
                    PastRun.Chunk(
                        entity: chunk.entity, chunk: chunk.chunk, isLoaded: chunk.status == .loaded,
                        endedAt: chunk.endedAt, seconds: chunk.seconds, tally: chunk.tally, tries: chunk.tries,
                        error: chunk.error)
                })
        }
    }
}

extension PastRun.Facts {
    fileprivate init(_ run: LoggedRun) {
        self.init(
            run: run.run, trigger: run.trigger, scope: run.scope, status: run.status, startedAt: run.startedAt,
            tally: run.tally, calls: run.calls, bytes: run.bytes, holder: run.holder)
        (isDead, seconds, error) = (run.isDead, run.seconds, run.error)
    }
}

extension String {
    /// The text as one part of the path of an address.
    var pathPart: String {
        addingPercentEncoding(withAllowedCharacters: .alphanumerics.union(CharacterSet(charactersIn: "-._~"))) ?? ""
    }
}
