import Foundation
import Inflow
import Sync
import Warehouse

/// A sync that the daemon runs: this process puts it into the queue, follows it and shows its report.
struct QueuedRun {
    let wiring: Wiring
    let connection: Connection
    let json: Bool
    /// Whether the command waits for the end of the run.
    let waits: Bool

    /// Puts the request into the queue; throws the exit code of the outcome unless it is green.
    func ask(_ request: SyncRequest) async throws {
        let queue = wiring.queue
        let number: Int64
        switch try await queue.ask(request, of: connection) {
        case .queued(let id, let behind):
            number = id
            let others = behind == 0 ? "" : ", behind \(behind) other\(behind == 1 ? "" : "s") of this connection"
            Console.note("Request \(id) is in the queue\(others). \"inflow serve\" runs it.")
        case .joined(let id):
            number = id
            Console.note("The queue already holds this Sync All: request \(id).")
        case .running(let id, let run, let since, let by):
            number = id
            let name = run.map { ", run \($0)" } ?? ""
            Console.note("Already running, started \(since.formatted(.iso8601)) by \(by)\(name).")
        }
        guard waits else { return }
        try await interruptible(
            saying: "The run continues. \"inflow runs \(connection.name)\" shows it, \"inflow cancel\" stops it."
        ) { try await follow(number, queue) }
    }

    /// Shows the run until the request ends, also when another worker continues it as a new run.
    private func follow(_ number: Int64, _ queue: RunQueue) async throws {
        let follower = RunFollower(RunLogReader(wiring.warehouse))
        var shown: Set<Int64> = []
        while true {
            guard let request = try await queue.status(number) else {
                throw UserError("Request \(number) is no longer in the queue. Perhaps the connection was removed.")
            }
            if request.state == .done { return try await end(request, follower) }
            if let run = request.run, shown.insert(run).inserted {
                _ = try await follower.follow(run: run)
            } else {
                try await Task.sleep(for: .milliseconds(500))
            }
        }
    }

    private func end(_ request: RunQueue.RequestStatus, _ follower: RunFollower) async throws {
        guard let run = request.run else {
            throw UserError(request.error ?? "Inflow could not start the run.")
        }
        try await PlanRunner(wiring: wiring, connection: connection, json: json).end(try await follower.report(of: run))
    }
}
