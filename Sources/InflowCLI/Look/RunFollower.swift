import Foundation
import Inflow
import Sync
import Warehouse
import WorkflowMax

/// Shows a run of another process, as that process would, until the run ends.
///
/// Polls the run log once a second. Read-only: the run is not affected.
struct RunFollower: Sendable {
    private let wiring: Wiring
    private let book: RunLogReader
    /// The pause between two readings of the log.
    var pause: Duration = .seconds(1)
    /// The clock for the pauses; tests pass their own.
    var clock: any Clock<Duration> = ContinuousClock()
    /// Readings in a row that must find no process for the run before it counts as dead.
    var patience = 3
    /// Readings in a row that the warehouse may leave unanswered.
    var unansweredLooks = 30

    init(_ wiring: Wiring) {
        self.wiring = wiring
        book = RunLogReader(wiring.warehouse)
    }

    /// Follows a run to its end and returns its outcome; shows nothing of a run that has ended already.
    ///
    /// A run whose process is gone counts as interrupted, which is how the next run will close it. The queue may
    /// continue its request as another run.
    ///
    /// - Throws: `UserError` for a run that does not exist; `WarehouseError` when the warehouse does not answer for
    ///   half a minute; `CancellationError`.
    func follow(run: Int64) async throws -> RunOutcome {
        var view = RunView()
        defer { view.display?.end() }
        var (alone, unanswered, isAwaited) = (0, 0, false)
        while true {
            if let sight = try await look(run, since: view.since, &unanswered) {
                let outcome = sight.run.status.outcome
                if outcome == nil || view.display != nil {
                    if view.display == nil { view.begin(sight, perMinute: await perMinute(of: sight.run)) }
                    view.show(sight, waiting: view.isSilent ? await waitReason(of: sight.run) : nil)
                }
                if let outcome { return outcome }
                alone = sight.isHeld ? 0 : alone + 1
                isAwaited = sight.isAwaited
            }
            if alone == patience {
                view.display?.end()
                Console.note(
                    "The process of run \(run) is gone. Its committed records are in the tables; "
                        + (isAwaited
                            ? "the queue continues it as another run." : "the next run closes it as interrupted."))
                return .interrupted
            }
            try await clock.sleep(for: pause)
        }
    }

    /// The calls a minute that the run's connection may make; 0 where that is not known, or there is no limit.
    private func perMinute(of run: LoggedRun) async -> Int {
        (try? await ConnectionStore(wiring.warehouse).find(run.connection))?.settings.callsPerMinute ?? 0
    }

    /// What the run may be waiting for, by the calls that its organisation has left; `nil` where one could be made, or
    /// nobody knows.
    private func waitReason(of run: LoggedRun) async -> WaitReason? {
        guard let connection = try? await ConnectionStore(wiring.warehouse).find(run.connection),
            let usage = try? await QuotaUsage.read(wiring.warehouse, WorkflowMax.platform, connection.settings)
        else { return nil }
        return WaitReason(usage, now: Date())
    }

    /// Reads the log once; `nil` when the warehouse did not answer, which may be temporary.
    private func look(_ run: Int64, since: Instant?, _ unanswered: inout Int) async throws -> RunSnapshot? {
        do {
            guard let sight = try await book.look(at: run, since: since) else { throw UserError.unknownRun(run) }
            unanswered = 0
            return sight
        } catch let error as WarehouseError
            where (error.mayPass || error.code == .busy) && unanswered < unansweredLooks
        {
            unanswered += 1
            return nil
        }
    }

    /// Follows a run for a command: Ctrl-C ends only the display.
    func followed(_ run: Int64) async throws -> RunOutcome {
        let notice = "Run \(run) continues. \"inflow run \(run) --follow\" shows it again."
        do {
            return try await interruptible(saying: notice) { try await follow(run: run) }
        } catch is CancellationError {
            throw UserError("The display ended; the run continues.", exitCode: 130)
        } catch let error as WarehouseError where error.code == .cancelled {
            throw UserError("The display ended; the run continues.", exitCode: 130)
        }
    }

    /// The report of a run that has ended, as the process that ran it made it.
    ///
    /// - Throws: `UserError` if the run does not exist or has not ended.
    func report(of number: Int64) async throws -> RunReport {
        guard let (run, parts) = try await book.run(number) else { throw UserError.unknownRun(number) }
        guard let report = RunReport(run, parts, order: WorkflowMax.entities) else {
            throw UserError("Run \(number) has not ended. \"inflow run \(number) --follow\" shows it.")
        }
        return report
    }
}

extension UserError {
    /// No run has this number.
    static func unknownRun(_ run: Int64) -> UserError {
        UserError("There is no run \(run). \"inflow runs\" lists all runs.")
    }
}
