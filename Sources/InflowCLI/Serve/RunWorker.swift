import Foundation
import Inflow
import Logging
import ServiceLifecycle
import Sync
import Warehouse
import WorkflowMax

/// Takes runs from the queue, one after the other, and runs them.
///
/// When the daemon is told to end, the chunk in hand is dropped and the run goes back into the queue: whoever takes it next
/// goes on where it stopped.
struct RunWorker: Service {
    let wiring: Wiring
    let queue: RunQueue
    /// The name of this process in the queue.
    let worker: String
    let logger: Logger
    /// How long an empty queue is left alone.
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

    /// Runs the next request; false where there was none, or the warehouse could not be asked.
    private func takeOne() async -> Bool {
        let taken: RunQueue.Taken
        do throws(WarehouseError) {
            guard let next = try await queue.take(worker) else { return false }
            taken = next
        } catch {
            if !Task.isCancelled { logger.warning("The queue could not be asked: \(error.userMessage)") }
            return false
        }
        Failpoint.pass(.requestTaken)
        let ending = await perform(taken)
        // What is written here must be written also when the daemon is ending.
        await Task.detached { await close(taken, ending) }.value
        return true
    }

    /// How a request came out of this worker's hands.
    private enum Ending: Sendable {
        /// It ended as a run does.
        case ended(RunReport)
        /// Its run had ended before.
        case done(outcome: RunOutcome, error: String?, run: Int64, resumeAt: Date?)
        /// It could not be begun.
        case refused(String, outcome: RunOutcome = .failed)
        /// It is to be taken again, by this worker or another.
        case dropped(why: String)
    }

    private func perform(_ taken: RunQueue.Taken) async -> Ending {
        do {
            guard
                let connection = try await ConnectionStore(wiring.warehouse).list().first(where: {
                    $0.id == taken.connectionID
                })
            else { return .refused("The connection was removed.") }
            if let ended = try await alreadyEnded(taken) { return ended }
            try connection.checkReadable()
            let state = try await ReadLog(wiring.warehouse, connection).state()
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
        } catch let error as WarehouseError where error.code == .busy {
            return .dropped(why: error.userMessage)
        } catch {
            let words =
                (error as? WarehouseError)?.userMessage ?? (error as? SourceError)?.debugDescription ?? "\(error)"
            return Task.isCancelled ? .dropped(why: "the daemon ends") : .refused(words)
        }
    }

    /// How the request's run has ended, where it has: its worker was taken to be dead, and was only slow.
    ///
    /// One whose process still stands is waited for.
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

    /// Runs a plan; the request is told the run's number as soon as there is one.
    private func run(_ plan: RunPlan, of connection: Connection, _ taken: RunQueue.Taken) async throws -> RunReport {
        let (began, tell) = AsyncStream.makeStream(of: Int64.self)
        return try await withThrowingTaskGroup(of: RunReport?.self) { group in
            group.addTask {
                for await run in began { try? await queue.note(run: run, of: taken) }
                return nil
            }
            group.addTask {
                defer { tell.finish() }
                return try await wiring.engine(connection) { progress in
                    if case .began(let run, _) = progress { tell.yield(run) }
                }.run(plan)
            }
            var report: RunReport?
            for try await one in group { report = one ?? report }
            guard let report else { throw CancellationError() }
            return report
        }
    }

    private func close(_ taken: RunQueue.Taken, _ ending: Ending) async {
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
            // Its heartbeat ends with this process; whoever finds it silent goes on with it.
            logger.warning("The queue could not be told how a run ended: \(error.userMessage)")
        }
    }
}
