import ArgumentParser
import Foundation
import Inflow
import Sync
import Warehouse
import WorkflowMax

struct RejectionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rejections", abstract: "Records that were not loaded, and why; try them again or dismiss them.",
        discussion: """
            list        those that are open; with --all also closed and dismissed ones
            show ID     all that is known of some
            retry [ID]  reads the records again by key, in a run of its own, and says of the others what to run
            dismiss ID  hides some, or with --all every open one, while the fault is the same

            A rejection closes by itself when its record is loaded. While the record comes unfit again, the same \
            rejection is renewed.
            """)

    /// What is done with them.
    enum Action: String, ExpressibleByArgument, CaseIterable {
        case list, show, retry, dismiss
    }

    @Argument(help: "The connection.") var name: String
    @Argument(help: "What to do: list, show, retry or dismiss.") var action = Action.list
    @Argument(help: "Numbers of rejections.") var ids: [Int64] = []
    @Flag(help: "Of list: closed and dismissed ones too. Of dismiss: every open one.") var all = false
    @Option(help: "How many are listed at most.") var limit = 100
    @Flag(help: "One JSON document.") var json = false

    func validate() throws {
        switch action {
        case .list where !ids.isEmpty: throw ValidationError("list takes no numbers; show does.")
        case .show where ids.isEmpty: throw ValidationError("show needs the number of a rejection.")
        case .dismiss where ids.isEmpty != all:
            throw ValidationError("dismiss needs the numbers of rejections, or --all; not both.")
        case .list, .show, .retry, .dismiss: break
        }
    }

    func run() async throws {
        try await reporting(json: json) {
            let wiring = try await Wiring.ready()
            let connection = try await ConnectionStore(wiring.warehouse).find(name)
            let rejections = Rejections(wiring.warehouse, connection)
            switch action {
            case .list: try list(try await rejections.list(all: all, limit: max(1, limit)))
            case .show: try show(try await chosen(rejections))
            case .retry:
                try await retry(try await chosen(rejections).filter { $0.status == "open" }, wiring, connection)
            case .dismiss: try await dismiss(rejections)
            }
        }
    }

    /// Those of the numbers given, which must all exist; without numbers all that are open.
    private func chosen(_ rejections: Rejections) async throws -> [Rejections.Entry] {
        guard !ids.isEmpty else { return try await rejections.list() }
        let found = try await rejections.find(ids)
        let unknown = Set(ids).subtracting(found.map(\.id)).sorted()
        guard unknown.isEmpty else {
            throw UserError(
                "\"\(name)\" has no rejection \(unknown.map(String.init).joined(separator: ", ")). Nothing was changed. "
                    + "\"inflow rejections \(name) list --all\" shows those there are.", exitCode: 64)
        }
        return found
    }

    // MARK: list and show

    private func list(_ entries: [Rejections.Entry]) throws {
        if json { return try Console.json(entries) }
        guard !entries.isEmpty else {
            return Console.print(
                all ? "No record of \"\(name)\" was rejected." : "No rejection of \"\(name)\" is open.")
        }
        table(entries)
    }

    private func table(_ entries: [Rejections.Entry]) {
        Console.table(
            ["id", "status", "runs", "last run", "entity", "key", "column", "text", "why"],
            entries.map { one in
                [
                    String(one.id), one.status, String(one.timesSeen), String(one.lastRun), one.entity, one.key,
                    "\(one.table).\(one.column)", RejectionsCommand.line(one.raw.prefix(40)), one.words,
                ]
            })
    }

    private func show(_ entries: [Rejections.Entry]) throws {
        if json { return try Console.json(entries) }
        for one in entries {
            Console.print("rejection \(one.id), \(one.status)")
            let fields = [
                ("record", "\(one.entity) \(one.key.isEmpty ? "(its key could not be read)" : one.key)"),
                ("column", "\(one.table).\(one.column)"), ("text", RejectionsCommand.line(one.raw[...])),
                ("why", one.words), ("chunk", one.chunk),
                ("first", "run \(one.run), \(one.rejectedAt.formatted(.iso8601))"),
                ("last", "run \(one.lastRun), \(one.lastSeenAt.formatted(.iso8601))"),
                ("seen", "in \(one.timesSeen) run(s)"),
                (
                    "ended",
                    one.endedAt.map { at in
                        at.formatted(.iso8601) + (one.endedRun.map { ", by the load of run \($0)" } ?? "")
                    } ?? ""
                ),
                ("to retry", one.status == "open" ? advice(one) : ""),
            ]
            for (label, value) in fields where !value.isEmpty {
                Console.print("  \(label.padding(toLength: 8, withPad: " ", startingAt: 0))  \(value)")
            }
        }
    }

    private static func line(_ text: Substring) -> String {
        text.map { $0.isNewline ? " " : String($0) }.joined()
    }

    /// The sync that reads the list again in which the record came.
    private func advice(_ one: Rejections.Entry) -> String {
        guard let first = one.firstDay, let last = one.lastDay else { return "inflow sync \(name) \(one.entity)" }
        return "inflow sync \(name) \(one.entity) --from \(first) --to \(last)"
    }

    // MARK: dismiss

    private struct Dismissed: Encodable {
        let dismissed: [Int64]
    }

    private func dismiss(_ rejections: Rejections) async throws {
        if !all { _ = try await chosen(rejections) }
        let dismissed = try await rejections.dismiss(all ? nil : ids)
        if json { return try Console.json(Dismissed(dismissed: dismissed)) }
        Console.print(
            "\(dismissed.count) dismissed. A record that comes with another fault is shown again; none was loaded by this."
        )
        for id in Set(ids).subtracting(dismissed).sorted() { Console.note("Rejection \(id) was not open.") }
    }

    // MARK: retry

    private struct Retried: Encodable {
        let run: RunDocument?
        /// The rejections tried, as they are now.
        let rejections: [Rejections.Entry]
        /// What to run for those that cannot be asked for by key.
        let advice: [String]
    }

    private func retry(_ open: [Rejections.Entry], _ wiring: Wiring, _ connection: Connection) async throws {
        try connection.checkReadable()
        let rejections = Rejections(wiring.warehouse, connection)
        var keys: [String: [String]] = [:]
        var tried: [Int64] = []
        for entity in WorkflowMax.entities {
            let names = try await rejections.askable(open.filter { $0.entity == entity.name }, of: entity)
            keys[entity.name] = names.sorted { $0.key < $1.key }.map(\.value)
            tried += names.keys
        }
        var commands: [String] = []
        for one in open where !tried.contains(one.id) && !commands.contains(advice(one)) {
            commands.append(advice(one))
        }
        let plan = RunPlan.retry(keys, of: WorkflowMax.entities)
        let report = plan.parts.isEmpty ? nil : try await wiring.run(plan, of: connection)
        let now = try await rejections.find(tried)
        if json {
            try Console.json(
                Retried(run: report.map { RunDocument($0, connection: name) }, rejections: now, advice: commands))
        } else {
            tell(report, now, commands)
        }
        if let code = report?.outcome.exitCode, code != 0 { throw ExitCode(code) }
    }

    private func tell(_ report: RunReport?, _ now: [Rejections.Entry], _ commands: [String]) {
        if let report {
            table(now)
            let closed = now.count { $0.status == "closed" }
            Console.print(
                "Run \(report.run) of \"\(name)\": \(report.outcome.words). \(closed) of \(now.count) rejection(s) closed."
            )
            if let error = report.error { Console.note(error) }
            for one in now where one.status == "open" && one.lastRun != report.run && report.error == nil {
                Console.note(
                    "Rejection \(one.id): no \(one.entity) \(one.key) was found. If it is gone: "
                        + "\"inflow rejections \(name) dismiss \(one.id)\".")
            }
        } else if commands.isEmpty {
            Console.print("No rejection of \"\(name)\" is open. Nothing was read.")
        }
        guard !commands.isEmpty else { return }
        Console.print("Some cannot be asked for by key. Their lists are read again by:")
        for command in commands { Console.print("  \(command)") }
    }
}

extension Rejections.Entry {
    /// Why it was rejected, in words.
    var words: String { Rejection.Reason(rawValue: reason)?.words ?? reason }
}
