import Foundation
import Inflow
import Logging
import ServiceLifecycle
import Sync
import Warehouse
import WorkflowMax

/// Takes requests from the queue, one after the other, and runs them.
///
/// When the daemon ends, the worker drops the chunk under way and puts the request back into the queue. The worker that
/// takes it next continues where this one stopped.
struct RunWorker: Service {
    let wiring: Wiring
    let queue: RunQueue
    /// The name of this process in the queue.
    let worker: String
    let logger: Logger
    let outage: WarehouseOutage
    /// The pause before a worker asks an empty queue again.
    var pause: Duration = .seconds(1)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                if await takeOne() { continue }
                do {
                    try await Task.sleep(for: pause)
                } catch {
                    return
                }
            }
        }
    }

    /// Runs the next request; returns false when the queue is empty or the warehouse does not answer.
    private func takeOne() async -> Bool {
        let taken: RunQueue.Taken
        do throws(WarehouseError) {
            let next = try await queue.take(worker)
            outage.end()
            guard let next else { return false }
            taken = next
        } catch {
            if !Task.isCancelled, !outage.note(error) {
                logger.warning("Inflow could not read the queue: \(error.userMessage)")
            }
            return false
        }
        Failpoint.pass(.requestTaken)
        let ending = await perform(taken)
        // Cancellation must not stop this write: the daemon is ending, and the queue must know of the request.
        while true {
            let isRecorded = await Task.detached { await close(taken, ending) }.value
            // The warehouse is away. This process still holds the request, so nobody else would end it.
            guard !isRecorded, (try? await Task.sleep(for: pause)) != nil else { return true }
        }
    }

    /// How this worker's part in a request ended.
    private enum Ending: Sendable {
        case ended(RunReport)
        /// Its run had ended before, in another worker.
        case done(outcome: RunOutcome, error: String?, run: Int64, resumeAt: Date?)
        /// Its run could not start.
        case refused(String, outcome: RunOutcome = .failed)
        /// It goes back into the queue, for this worker or another.
        case dropped(why: String)
    }

    private func perform(_ taken: RunQueue.Taken) async -> Ending {
        do {
            guard let connection = try await ConnectionStore(wiring.warehouse).find(number: taken.connectionID) else {
                return .refused("The connection was removed. Inflow read nothing.")
            }
            if let ended = try await alreadyEnded(taken) { return ended }
            try connection.checkReadable()
            let state = try await SyncStateStore(wiring.warehouse, connection).read()
            var plan = try taken.request.plan(WorkflowMax.entities, connection.settings, state: state, now: Date())
            plan.resumes = taken.run
            logger.notice(
                "run begins", metadata: ["connection": "\(connection.name)", "what": "\(taken.request.words)"])
            let report = try await run(plan, of: connection, taken)
            if !Task.isCancelled { await wiring.sendAlerts(connection) }
            logger.notice(
                "run ended",
                metadata: [
                    "connection": "\(connection.name)", "run": "\(report.run)", "outcome": "\(report.outcome.rawValue)",
                ])
            return Task.isCancelled && report.outcome == .interrupted
                ? .dropped(why: "the daemon ends") : .ended(report)
        } catch let error as RunPlan.Refusal {
            return .refused(error.description)
        } catch let error as UserError {
            return .refused(error.description)
        } catch let error as SourceError where RecoveryPolicy.recovery(for: .source(error)) == .waitForPerson {
            return .refused(error.debugDescription, outcome: .consent)
        } catch let error as WarehouseError where error.code == .busy || error.code == .unreachable {
            return .dropped(why: error.userMessage)
        } catch {
            let words =
                (error as? WarehouseError)?.userMessage ?? (error as? SourceError)?.debugDescription ?? "\(error)"
            return Task.isCancelled ? .dropped(why: "the daemon ends") : .refused(words)
        }
    }

    /// The end of the request's earlier run, where it ended after all: its worker seemed dead and was only slow.
    ///
    /// Waits while the earlier process still holds the run.
    private func alreadyEnded(_ taken: RunQueue.Taken) async throws -> Ending? {
        guard let run = taken.run else { return nil }
        let book = RunLogReader(wiring.warehouse)
        while let sight = try await book.look(at: run, since: nil) {
            switch sight.run.status {
            case .running where sight.isHeld: try await Task.sleep(for: pause)
            case .running, .ended(.interrupted): return nil
            case .ended(let outcome):
                return .done(outcome: outcome, error: sight.run.error, run: run, resumeAt: sight.run.resumeAt)
            }
        }
        return nil
    }

    /// Runs a plan; notes the number of the run in its request as soon as there is one.
    private func run(_ plan: RunPlan, of connection: Connection, _ taken: RunQueue.Taken) async throws -> RunReport {
        let (began, begin) = AsyncStream.makeStream(of: Int64.self)
        return try await withThrowingTaskGroup(of: RunReport?.self) { group in
            group.addTask {
                for await run in began { try? await queue.note(run: run, of: taken) }
                return nil
            }
            group.addTask {
                defer { begin.finish() }
                return try await wiring.engine(connection) { progress in
                    if case .began(let run, _) = progress { begin.yield(run) }
                }.run(plan)
            }
            var report: RunReport?
            for try await one in group { report = one ?? report }
            guard let report else { throw CancellationError() }
            return report
        }
    }

    /// Records the end in the queue; false while the warehouse is away.
    private func close(_ taken: RunQueue.Taken, _ ending: Ending) async -> Bool {
        do throws(WarehouseError) {
            switch ending {
            case .ended(let report):
                Failpoint.pass(.requestBeforeEnd)
                try await queue.end(
                    taken, outcome: report.outcome, error: report.error, run: report.run,
                    parkedUntil: report.resumeAt)
            case .done(let outcome, let error, let run, let resumeAt):
                try await queue.end(taken, outcome: outcome, error: error, run: run, parkedUntil: resumeAt)
                logger.notice(
                    "request closed, its run had ended", metadata: ["run": "\(run)", "outcome": "\(outcome)"])
            case .refused(let words, let outcome):
                try await queue.end(taken, outcome: outcome, error: words, run: nil, parkedUntil: nil)
            case .dropped(let why):
                logger.notice("run goes back into the queue", metadata: ["why": "\(why)"])
                try await queue.putBack(taken)
            }
        } catch {
            guard !outage.note(error) else { return false }
            // The heartbeat ends with this process; a daemon that finds it silent continues the request.
            logger.warning("Inflow could not record the end of a run in the queue: \(error.userMessage)")
        }
        return true
    }
}
