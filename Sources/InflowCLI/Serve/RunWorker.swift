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
    let activity: RunActivity
    /// The only request that it takes; `nil` for any.
    var request: Int64?
    /// Which requests it takes.
    var lane = RunQueue.Lane.any
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
            let next = try await queue.take(worker, request: request, lane: lane)
            outage.end()
            guard let next else { return false }
            taken = next
        } catch {
            if !Task.isCancelled, !outage.note(error) {
                outage.log("queue", error.userMessage)
            }
            return false
        }
        activity.begin()
        defer { activity.end() }
        Failpoint.pass(.requestTaken)
        let ending = await perform(taken)
        // Cancellation must not stop this write: the daemon is ending, and the queue must know of the request.
        while true {
            let isRecorded = await Task.detached { await close(taken, ending) }.value
            // The warehouse is away. This process still holds the request, so nobody else would end it.
            if isRecorded { await sayNext(taken) }
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
            try await wiring.checkConsent(connection)
            let state = try await SyncStateStore(wiring.warehouse, connection).read()
            guard let work = try await work(taken, connection, state) else {
                return .refused(
                    "Nothing of it was left to read: Inflow asked the platform for nothing.", outcome: .green)
            }
            logger.notice(
                taken.run == nil ? "run begins" : "run begins where an earlier one stopped",
                metadata: [
                    "connection": "\(connection.name)", "what": "\(taken.request.words)",
                    "request": "\(taken.id)",
                ].merging(taken.run.map { ["continues": "run \($0)"] } ?? [:]) { $1 })
            let began = ContinuousClock.now
            let report = try await run(work, of: connection, taken)
            if !Task.isCancelled {
                await wiring.ping(connection, after: report, of: work.trigger)
                await wiring.sendAlerts(connection)
            }
            let end = RunLine(report, of: connection, seconds: (ContinuousClock.now - began).seconds)
            logger.log(level: end.level, "run ended", metadata: end.metadata)
            if ScheduleMove.isRefused(report) { await takeBack(taken) }
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

    /// Logs when a scheduled run is tried again, or when the next is due.
    private func sayNext(_ taken: RunQueue.Taken) async {
        guard case .slot = taken.request.kind, !Task.isCancelled,
            let connection = try? await ConnectionStore(wiring.warehouse).find(number: taken.connectionID),
            let state = try? await ScheduleStore(wiring.warehouse).states(now: Date())[taken.connectionID]
        else { return }
        let when: String
        switch state.decision(at: Date()) {
        case .run(_, let attempt, let why): when = "now, attempt \(attempt) (\(why.rawValue))"
        case .wait(let until): when = until.named(in: connection.settings.timeZone)
        case .off(let hold): when = "not before a person acts (\(hold.rawValue))"
        }
        logger.notice("next run", metadata: ["connection": "\(connection.name)", "at": "\(when)"])
    }

    /// Puts the time of the daily run back that a person's Sync All moved, which read nothing.
    private func takeBack(_ taken: RunQueue.Taken) async {
        guard case .syncAll = taken.request.kind else { return }
        try? await ScheduleStore(wiring.warehouse).takeBackSyncAll(
            askedAt: taken.request.askedAt, of: taken.connectionID)
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

    /// What a request comes to.
    private enum Work: Sendable {
        case plan(RunPlan)
        case history(BackfillPlan, SyncState)

        var trigger: Trigger {
            switch self {
            case .plan(let plan): plan.trigger
            case .history: .backfill
            }
        }
    }

    /// What a request means now; `nil` where nothing of it is left to do.
    private func work(
        _ taken: RunQueue.Taken, _ connection: Connection, _ state: SyncState
    ) async throws -> Work? {
        let settings = connection.settings
        switch taken.request.kind {
        case .syncAll, .slot, .targeted, .reconcile:
            guard var plan = try taken.request.plan(WorkflowMax.entities, settings, state: state, now: Date()) else {
                return nil
            }
            guard !plan.parts.isEmpty else { return nil }
            plan.resumes = taken.run
            return .plan(plan)
        case .backfill(let entities, let first, let last, let size):
            // A backfill that was put back goes on by itself: what it has read is covered.
            let history = try BackfillPlan(
                entities, of: WorkflowMax.entities, from: first, to: last, by: size, again: false, state: state,
                today: LocalDate(Date(), in: settings.timeZone))
            return history.chunks.isEmpty ? nil : .history(history, state)
        case .retry(let ids):
            let retry = try await RejectionRetry.make(ids, wiring, connection)
            return retry.plan.parts.isEmpty ? nil : .plan(retry.plan)
        case .deletions:
            let pending = try await MissingRows(wiring.warehouse, connection).pending(.approved)
            guard !pending.isEmpty else { return nil }
            return .plan(try await RunPlan.lookingAgain(for: pending, wiring, connection))
        }
    }

    /// Runs a plan; notes the number of the run in its request as soon as there is one.
    private func run(_ work: Work, of connection: Connection, _ taken: RunQueue.Taken) async throws -> RunReport {
        let (began, begin) = AsyncStream.makeStream(of: Int64.self)
        return try await withThrowingTaskGroup(of: RunReport?.self) { group in
            group.addTask {
                for await run in began { try? await queue.note(run: run, of: taken) }
                return nil
            }
            group.addTask {
                defer { begin.finish() }
                let engine = try await wiring.engine(connection) { progress in
                    if case .began(let run, _) = progress { begin.yield(run) }
                }
                switch work {
                case .plan(let plan): return try await engine.run(plan)
                case .history(let history, let state):
                    return try await engine.backfill(history, state: state, isStopping: { false })
                }
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
                logger.log(
                    level: outcome == .green ? .notice : .error,
                    outcome == .green ? "nothing was left to read" : "run refused before it read anything",
                    metadata: ["request": "\(taken.id)", "outcome": "\(outcome.rawValue)", "why": "\(words)"])
                await takeBack(taken)
                try await queue.end(taken, outcome: outcome, error: words, run: nil, parkedUntil: nil)
            case .dropped(let why):
                logger.notice(
                    "run goes back into the queue", metadata: ["request": "\(taken.id)", "why": "\(why)"])
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
