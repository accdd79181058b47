import ArgumentParser
import Foundation
import Inflow
import Warehouse

struct CancelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "Stop a run that another process runs.",
        discussion: """
            Name the run by its number, or by its connection. Committed records stay; the run drops the chunk it is \
            reading, ends as interrupted, and logs who asked. This command waits up to half a minute for the end.

            Exit codes: 0 the run has stopped; 1 no run to stop, or the run has not stopped yet.
            """
                + "\n\n"
                + examples(
                    "inflow cancel acme",
                    "inflow cancel 27"))

    @Argument(help: "Name of a connection, or number of a run.") var target: String
    @Flag(help: "Print one JSON document.") var json = false

    private struct Document: Encodable {
        let run: Int64?
        let connection: String?
        let status: String
        let message: String
    }

    func run() async throws {
        try await reporting(json: json) {
            let wiring = try await Wiring.ready()
            let log = RunLog(wiring.warehouse)
            let number = Int64(target)
            let connection = number == nil ? try await ConnectionStore(wiring.warehouse).find(target) : nil
            let who = "\(NSUserName()) on \(ProcessInfo.processInfo.hostName)"
            let answer = try await log.cancel(run: number, of: connection, by: who)
            if case .asked(let run, let name) = answer {
                try await wiring.audit(
                    .runCancelled, by: .command, try await wiring.connection(name), subject: "run \(run)")
            }
            let (document, wasStopped) = try await describe(log, answer, ConnectionStore(wiring.warehouse))
            if json { try Console.json(document) } else { Console.print(document.message) }
            if !wasStopped { throw ExitCode(1) }
        }
    }

    private func describe(
        _ log: RunLog, _ answer: RunLog.Cancelling, _ connections: ConnectionStore
    ) async throws -> (Document, wasStopped: Bool) {
        switch answer {
        case .unknown:
            let message = "There is no run \(target). Nothing was changed."
            return (Document(run: nil, connection: nil, status: "unknown", message: message), false)
        case .ended(let run, let name, let outcome, let at):
            let zone = try await connections.find(name).settings.timeZone
            let when = at.map { " at \($0.named(in: zone))" } ?? ""
            let message = "Run \(run) of \"\(name)\" had ended\(when): \(outcome). Nothing was changed."
            return (Document(run: run, connection: name, status: outcome.rawValue, message: message), false)
        case .dead(let run, let name, let holder):
            let message =
                "Run \(run) of \"\(name)\" is not running any more: its process (\(holder)) ended without closing "
                + "the run. The next run, or a daemon, closes it."
            return (
                Document(run: run, connection: name, status: RunStatus.running.rawValue, message: message), false
            )
        case .asked(let run, let name):
            return try await waited(log, run, name)
        }
    }

    /// Checks ten times a second, for up to half a minute, whether the run has ended.
    private func waited(_ log: RunLog, _ run: Int64, _ name: String) async throws -> (Document, wasStopped: Bool) {
        var status = RunStatus.running
        for _ in 0..<300 {
            status = try await log.status(run) ?? status
            if status != .running { break }
            try await Task.sleep(for: .milliseconds(100))
        }
        let words =
            switch status {
            case .running: "was asked to stop, and has not ended yet"
            case .ended(.interrupted): "has stopped; the tables keep all committed records"
            case .ended(let outcome): "ended before the request reached it: \(outcome)"
            }
        let message = "Run \(run) of \"\(name)\" \(words)."
        return (
            Document(run: run, connection: name, status: status.rawValue, message: message),
            status == .ended(.interrupted)
        )
    }
}
