import Foundation
import Inflow
import Sync
import Warehouse
import WorkflowMax

/// Shows a run that goes on in another process, as the process that runs it would, until it ends.
///
/// What it knows is what the run log says: it asks it about once a second. It changes nothing, and the run does not know of it.
struct RunFollower: Sendable {
    let book: RunLogReader
    /// The pause between two looks.
    var pause: Duration = .seconds(1)
    /// What pauses are waited with.
    var clock: any Clock<Duration> = ContinuousClock()
    /// Looks in a row that must find nobody who runs it before it is taken to be dead.
    var patience = 3
    /// Looks in a row that the warehouse may leave unanswered.
    var unansweredLooks = 30

    init(_ book: RunLogReader) {
        self.book = book
    }

    /// Follows a run to its end and says how it ended; a run that has ended already is not shown.
    ///
    /// A run whose process is gone ends as the next run will close it: interrupted. Where the queue goes on with it, that is
    /// another run, which is named by the request.
    /// - Throws: in words where there is no such run; what the warehouse refuses for half a minute; a cancellation.
    func follow(run: Int64) async throws -> RunOutcome {
        var view = RunView()
        defer { view.display?.end() }
        var (alone, unanswered, isAwaited) = (0, 0, false)
        while true {
            if let sight = try await look(run, since: view.since, &unanswered) {
                let outcome = sight.run.status.outcome
                if outcome == nil || view.display != nil { view.show(sight) }
                if let outcome { return outcome }
                alone = sight.isHeld ? 0 : alone + 1
                isAwaited = sight.isAwaited
            }
            if alone == patience {
                view.display?.end()
                Console.note(
                    "Nobody runs run \(run) any more: its process is gone. What it had committed is in the tables; "
                        + (isAwaited
                            ? "the queue goes on with it in another run." : "the next run closes it as interrupted."))
                return .interrupted
            }
            try await clock.sleep(for: pause)
        }
    }

    /// Looks; `nil` where the warehouse did not answer, which may pass.
    private func look(_ run: Int64, since: Instant?, _ unanswered: inout Int) async throws -> RunSnapshot? {
        do {
            guard let sight = try await book.look(at: run, since: since) else { throw UserError.unknownRun(run) }
            unanswered = 0
            return sight
        } catch let error as WarehouseError
            where [.unreachable, .connectionLost, .busy].contains(error.code) && unanswered < unansweredLooks
        {
            unanswered += 1
            return nil
        }
    }

    /// The same for a command: Ctrl-C ends the showing only, and says so.
    func followed(_ run: Int64) async throws -> RunOutcome {
        let words = "Run \(run) goes on. \"inflow run \(run) --follow\" shows it again."
        do {
            return try await interruptible(saying: words) { try await follow(run: run) }
        } catch is CancellationError {
            throw UserError("The showing was ended, not the run.", exitCode: 130)
        } catch let error as WarehouseError where error.code == .cancelled {
            throw UserError("The showing was ended, not the run.", exitCode: 130)
        }
    }

    /// The report of a run that has ended, as the process that ran it made it.
    ///
    /// - Throws: in words where there is no such run, or it has not ended.
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
        UserError("There is no run \(run). \"inflow runs\" lists those there are.")
    }
}
