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
    /// What the run, a Sync All of a person, did to the schedule.
    var move: ScheduleMove?

    /// Puts the request into the queue; throws the exit code of the outcome unless it is green.
    func ask(_ request: SyncRequest) async throws {
        let queue = wiring.queue
        let number: Int64
        let answer = try await queue.ask(request, of: connection)
        try await wiring.audit(.runStarted, by: .command, connection, subject: request.words)
        switch answer {
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
            Console.note("Already running, started \(since.text(in: connection.settings.timeZone)) by \(by)\(name).")
        }
        guard waits else {
            if let sentence = try await move?.sentence(now: Date()) { Console.note(sentence) }
            return
        }
        let standIn = StandInWorker(wiring: wiring, request: number)
        try await interruptible(
            saying: "The run continues. \"inflow runs \(connection.name.shellWord)\" shows it, \"inflow "
                + "cancel\" stops it."
        ) {
            do {
                try await follow(number, queue, standIn)
                await standIn.end()
            } catch {
                await standIn.end()
                throw error
            }
        }
    }

    /// Shows the run until the request ends, also when another worker continues it as a new run.
    ///
    /// When the daemon that would run it has died and no other serves, this process runs it.
    private func follow(_ number: Int64, _ queue: RunQueue, _ standIn: StandInWorker) async throws {
        let follower = RunFollower(wiring)
        var shown: Set<Int64> = []
        while true {
            if try await !queue.isServed() { await standIn.begin() }
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
            throw UserError(
                request.error ?? "Inflow could not start the run.", exitCode: request.outcome?.exitCode ?? 1)
        }
        try await PlanRunner(wiring: wiring, connection: connection, json: json, move: move)
            .end(try await follower.report(of: run))
    }
}
