import ConnectionPage
import Foundation
import Inflow
import Sync
import Warehouse
import WorkflowMax

/// Runs as the page begins, watches and stops them: through the queue, as `inflow sync` does beside a daemon.
struct PageRuns: RunService {
    let wiring: Wiring

    private static let lines = 40

    func start(_ wanted: WantedRun, of name: String, by doer: Doer) async throws -> StartedRun {
        let asked = Date()
        return try await forPage {
            let connection = try await wiring.connection(name)
            let state = try await SyncStateStore(wiring.warehouse, connection).read()
            let kind: SyncRequest.Kind =
                switch wanted {
                case .syncAll: .syncAll
                case .reconcile: .reconcile
                case .seed:
                    .targeted(
                        entities: WorkflowMax.entities.filter { $0.kind == .reference && !$0.isPerParent }.map(\.name),
                        first: nil, last: nil)
                case .targeted(let entities, let first, let last):
                    .targeted(entities: try dated(entities), first: first, last: last)
                }
            let request = SyncRequest(kind, askedAt: asked)
            // A plan that cannot be made is refused here and now, in words, instead of in the queue.
            _ = try request.plan(WorkflowMax.entities, connection.settings, state: state, now: asked)
            try connection.checkReadable()
            try await wiring.checkConsent(connection)
            if wanted == .syncAll { _ = try await ScheduleMove.make(wiring.warehouse, connection, at: asked) }
            let answer = try await wiring.queue.ask(request, of: connection)
            try await wiring.audit(.runStarted, by: doer, connection, subject: request.words)
            switch answer {
            case .queued(let id, _): return .queued(id)
            case .joined(let id): return .joined(id)
            case .running(let id, _, _, _): return .running(id)
            }
        }
    }

    private func dated(_ entities: [String]) throws -> [String] {
        try findEntities(entities)
    }

    func cancel(of name: String, by doer: Doer) async throws -> Bool {
        try await forPage {
            let connection = try await wiring.connection(name)
            let who = doer.actor.kind == .token ? "the token \(doer.actor.name)" : "\(doer.actor.name) on the page"
            switch try await RunLog(wiring.warehouse).cancel(run: nil, of: connection, by: who) {
            case .asked(let run, _):
                try await wiring.audit(.runCancelled, by: doer, connection, subject: "run \(run)")
                return true
            case .ended, .dead, .unknown: return false
            }
        }
    }

    func live(of name: String) async throws -> LiveRun {
        try await forPage {
            let connection = try await wiring.connection(name)
            let sight = try await RunLogReader(wiring.warehouse).newest(of: connection, chunks: Self.lines)
            return try await live(sight, connection)
        }
    }

    /// A run of a connection by its number.
    func live(run: Int64, of connection: Connection) async throws -> LiveRun {
        try await live(
            RunLogReader(wiring.warehouse).newest(of: connection, run: run, chunks: Self.lines), connection)
    }

    private func live(_ sight: RunSnapshot?, _ connection: Connection) async throws -> LiveRun {
        var live = LiveRun()
        live.queued = try await wiring.queue.waiting(for: connection)
        live.unread = try await wiring.queue.endedWithoutRun(of: connection).map { one in
            LiveRun.Unread(
                asked: one.asked, why: one.why ?? "Nothing says why.", at: one.at,
                isFault: one.outcome != .green && one.outcome != .interrupted)
        }
        guard let sight else { return live }
        live.show(sight, perMinute: connection.settings.callsPerMinute)
        if let usage = try? await QuotaUsage.read(wiring.warehouse, WorkflowMax.platform, connection.settings) {
            live.callsLeft = usage.leftToday
            if live.status == .running { live.waiting = WaitReason(usage, now: Date())?.text.sentence }
        }
        return live
    }
}

/// Requests and runs by their numbers, as the API asks for them.
extension PageRuns: APIRunService {
    func request(_ number: Int64, of name: String) async throws -> RunRequest {
        try await forPage {
            let connection = try await wiring.connection(name)
            guard let status = try await wiring.queue.status(number, of: connection) else {
                throw PageProblem(
                    .notFound, "\(name) has no request \(number)",
                    "Nothing was changed. POST \"runs\" answers with the number of its request.")
            }
            return RunRequest(
                number: number, state: status.state, run: status.run, outcome: status.outcome, error: status.error)
        }
    }

    func live(run number: Int64, of name: String) async throws -> LiveRun {
        try await forPage {
            let live = try await live(run: number, of: try await wiring.connection(name))
            guard live.run == number else {
                throw PageProblem(.notFound, "\(name) has no run \(number)", "It may have been forgotten since.")
            }
            return live
        }
    }
}

extension LiveRun {
    /// Takes a run of the run log.
    fileprivate mutating func show(_ sight: RunSnapshot, perMinute: Int) {
        let run = sight.run
        (self.run, trigger, scope, status) = (run.run, run.trigger, run.scope, run.status)
        (isDead, startedAt, seconds) = (run.isDead, run.startedAt, run.seconds)
        (calls, error) = (run.calls, run.error)
        expectedCalls = RunView.expectedCalls(sight)
        secondsLeft = RemainingTime.seconds(
            callsLeft: expectedCalls - calls, callsMade: calls, elapsed: run.seconds ?? 0, perMinute: perMinute)
        parts = sight.parts.inOrder(WorkflowMax.entities).map { part in
            let done = part.details.loadedChunks + part.failedChunks
            // The log ends all parts together with the run. A part whose chunks are all done counts as done here.
            let isDone =
                run.status == .running && part.status == .running && part.details.plannedChunks > 0
                && done >= part.details.plannedChunks
            return Part(
                entity: part.entity, status: isDone ? (part.failedChunks > 0 ? .failed : .green) : part.status,
                done: done, planned: part.details.plannedChunks, pulled: part.tally.pulled,
                inserted: part.tally.inserted, updated: part.tally.updated, rejected: part.tally.rejected,
                error: part.error)
        }
        lines = sight.chunks.reversed().map { chunk in
            let words =
                chunk.status == .loaded
                ? "\(Console.grouped(chunk.tally.pulled)) rows, \(Console.grouped(chunk.tally.inserted)) new, "
                    + "\(Console.grouped(chunk.tally.updated)) changed"
                : "not loaded. \(chunk.error ?? "")"
            return Line(
                at: chunk.endedAt, words: "\(chunk.entity), \(chunk.chunk): \(words)", isError: chunk.status == .failed)
        }
    }
}

extension String {
    /// The text as a sentence: a capital letter first and a full stop at the end.
    fileprivate var sentence: String {
        prefix(1).uppercased() + dropFirst() + (hasSuffix(".") ? "" : ".")
    }
}
