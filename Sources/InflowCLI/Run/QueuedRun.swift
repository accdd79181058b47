import Foundation
import Inflow
import Sync
import Warehouse

/// A sync that another process runs: it is put into the queue, followed, and shown when it has ended.
struct QueuedRun {
    let wiring: Wiring
    let connection: Connection
    let json: Bool
    /// Whether its end is waited for.
    let waits: Bool

    /// Asks for it; throws the outcome's exit code unless it is green.
    func ask(_ request: SyncRequest) async throws {
        let queue = wiring.queue
        let number: Int64
        switch try await queue.ask(request, of: connection) {
        case .queued(let id, let behind):
            number = id
            let others = behind == 0 ? "" : ", behind \(behind) other\(behind == 1 ? "" : "s") of this connection"
            Console.note("Request \(id) is in the queue\(others); \"inflow serve\" runs it.")
        case .joined(let id):
            number = id
            Console.note("A Sync All waits in the queue already: request \(id).")
        case .running(let id, let run, let since, let by):
            number = id
            let name = run.map { ", run \($0)" } ?? ""
            Console.note("Already running, started \(since.formatted(.iso8601)) by \(by)\(name).")
        }
        guard waits else { return }
        try await interruptible(
            saying: "The run goes on. \"inflow runs \(connection.name)\" shows it, \"inflow cancel\" stops it."
        ) { try await follow(number, queue) }
    }

    /// Waits for the request's end, showing the run meanwhile; what another worker goes on with is shown, too.
    private func follow(_ number: Int64, _ queue: RunQueue) async throws {
        let follower = RunFollower(RunLogReader(wiring.warehouse))
        var shown: Set<Int64> = []
        while true {
            guard let request = try await queue.status(number) else {
                throw UserError("Request \(number) is not in the queue any more: was the connection removed?")
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
            throw UserError(request.error ?? "The run could not be begun.")
        }
        try PlanRunner(wiring: wiring, connection: connection, json: json).end(try await follower.report(of: run))
    }
}
