import ArgumentParser
import Foundation
import Inflow
import Sync
import Warehouse
import WorkflowMax

struct RejectionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rejections",
        abstract: "List records that Inflow could not load, and why; read them again or dismiss them.",
        discussion: """
            list        open rejections; with --all also closed and dismissed ones
            show ID     all details
            retry [ID]  read the records again; print a command for those that
                        WorkflowMax does not give one by one
            dismiss ID  hide rejections until their records have another error

            Inflow closes a rejection when it loads the record. If the record is rejected again, Inflow updates the \
            same rejection.
            """
                + "\n\n"
                + examples(
                    "inflow rejections acme",
                    "inflow rejections acme show 4",
                    "inflow rejections acme retry"))

    /// What the command does with the rejections.
    enum Action: String, ExpressibleByArgument, CaseIterable {
        case list, show, retry, dismiss
    }

    @Argument(help: "Name of the connection.", completion: .connections) var name: String
    @Argument(help: "What to do: list, show, retry or dismiss.") var action = Action.list
    @Argument(help: "Ids of rejections.") var ids: [Int64] = []
    @Flag(help: "With list: closed and dismissed ones too. With dismiss: every open one.") var all = false
    @Option(help: "Most rejections to list.") var limit = 100
    @Flag(help: "Print one JSON document.") var json = false

    func validate() throws {
        switch action {
        case .list where !ids.isEmpty: throw ValidationError("list takes no ids; use show.")
        case .show where ids.isEmpty: throw ValidationError("show needs the id of a rejection.")
        case .dismiss where ids.isEmpty != all:
            throw ValidationError("dismiss needs either ids of rejections or --all.")
        case .list, .show, .retry, .dismiss: break
        }
    }

    func run() async throws {
        try await reporting(json: json) {
            let wiring = try await Wiring.ready()
            let connection = try await ConnectionStore(wiring.warehouse).find(name)
            let rejections = Rejections(wiring.warehouse, connection)
            switch action {
            case .list:
                var entries = try await rejections.list(all: all, limit: max(1, limit))
                try await entries.name(by: RecordLabels(wiring.warehouse, connection))
                try list(entries, try await rejections.groups())
            case .show: try show(try await chosen(rejections), in: connection.settings.timeZone)
            case .retry:
                try await retry(try await chosen(rejections).filter { $0.status == .open }, wiring, connection)
            case .dismiss: try await dismiss(rejections, wiring, connection)
            }
        }
    }

    /// The rejections with the given ids, which must all exist; without ids, all open ones.
    private func chosen(_ rejections: Rejections) async throws -> [Rejections.Entry] {
        guard !ids.isEmpty else { return try await rejections.list() }
        let found = try await rejections.find(ids)
        let unknown = Set(ids).subtracting(found.map(\.id)).sorted()
        guard unknown.isEmpty else {
            throw UserError(
                "\"\(name)\" has no rejection \(unknown.map(String.init).joined(separator: ", ")). "
                    + "Nothing was changed. \"inflow rejections \(name.shellWord) list --all\" lists "
                    + "all.", exitCode: 64)
        }
        return found
    }

    // MARK: list and show

    private func list(_ entries: [Rejections.Entry], _ groups: [Rejections.Group]) throws {
        if json { return try Console.json(entries) }
        guard !entries.isEmpty else {
            return Console.print(
                all ? "Inflow rejected no record of \"\(name)\"." : "No rejection of \"\(name)\" is open.")
        }
        for group in groups {
            let words = Rejection.Reason(rawValue: group.reason)?.words ?? group.reason
            Console.print("\(group.entity): \(Console.grouped(group.count)) open, \(group.column): \(words)")
        }
        if !groups.isEmpty { Console.print("") }
        table(entries)
        let open = groups.reduce(0) { $0 + $1.count }
        if !all, open > entries.count {
            Console.note("\(Console.grouped(open - entries.count)) more are not shown: --limit \(open) lists all.")
        }
    }

    private func table(_ entries: [Rejections.Entry]) {
        Console.table(
            ["id", "status", "runs", "last run", "entity", "record", "key", "column", "text", "why"],
            entries.map { one in
                [
                    String(one.id), one.status.rawValue, String(one.timesSeen), String(one.lastRun), one.entity,
                    one.label ?? "", one.key,
                    "\(one.table).\(one.column)", RejectionsCommand.line(one.raw.prefix(40)), one.words,
                ]
            })
    }

    private func show(_ entries: [Rejections.Entry], in zone: TimeZone) throws {
        if json { return try Console.json(entries) }
        for one in entries {
            Console.print("rejection \(one.id), \(one.status)")
            let fields = [
                ("record", "\(one.entity) \(one.key.isEmpty ? "(Inflow could not read its key)" : one.key)"),
                ("column", "\(one.table).\(one.column)"), ("text", RejectionsCommand.line(one.raw[...])),
                ("why", one.words + (one.isOfValue ? "; the record is loaded without it" : "")), ("chunk", one.chunk),
                ("first", "run \(one.run), \(one.rejectedAt.named(in: zone))"),
                ("last", "run \(one.lastRun), \(one.lastSeenAt.named(in: zone))"),
                ("seen", "in \(one.timesSeen) run(s)"),
                (
                    "ended",
                    one.endedAt.map { at in
                        at.named(in: zone) + (one.endedRun.map { ", by the load of run \($0)" } ?? "")
                    } ?? ""
                ),
                ("to retry", one.status == .open ? advice(one) : ""),
            ]
            for (label, value) in fields where !value.isEmpty {
                Console.print("  \(label.padding(toLength: 8, withPad: " ", startingAt: 0))  \(value)")
            }
        }
    }

    private static func line(_ text: Substring) -> String {
        text.map { $0.isNewline ? " " : String($0) }.joined()
    }

    /// The command that reads the record again, with the list that it came in.
    private func advice(_ one: Rejections.Entry) -> String {
        guard let first = one.firstDay, let last = one.lastDay else {
            return "inflow sync \(name.shellWord) "
                + "\(one.entity)"
        }
        return "inflow sync \(name.shellWord) \(one.entity) --from \(first) --to \(last)"
    }

    private static func words(_ ids: [Int64]) -> String { ids.map(String.init).joined(separator: ", ") }

    // MARK: dismiss

    private struct Dismissed: Encodable {
        let dismissed: [Int64]
    }

    private func dismiss(_ rejections: Rejections, _ wiring: Wiring, _ connection: Connection) async throws {
        if !all { _ = try await chosen(rejections) }
        let dismissed = try await rejections.dismiss(all ? nil : ids)
        if !dismissed.isEmpty {
            try await wiring.audit(.rejectionsDismissed, by: .command, connection, subject: Self.words(dismissed))
        }
        if json { return try Console.json(Dismissed(dismissed: dismissed)) }
        Console.print(
            "Inflow dismissed \(dismissed.count) and loaded none of them. A record with another error shows again."
        )
        for id in Set(ids).subtracting(dismissed).sorted() { Console.note("Rejection \(id) was not open.") }
    }

    // MARK: retry

    private struct Retried: Encodable {
        let run: RunDocument?
        /// The rejections whose records the run asked for, as they are now.
        let rejections: [Rejections.Entry]
        /// The commands that read the records that have no call by key.
        let advice: [String]
    }

    private func retry(_ open: [Rejections.Entry], _ wiring: Wiring, _ connection: Connection) async throws {
        try connection.checkReadable()
        let rejections = Rejections(wiring.warehouse, connection)
        let retry = try await RejectionRetry.make(open, wiring, connection)
        if !retry.tried.isEmpty {
            try await wiring.audit(.rejectionsRetried, by: .command, connection, subject: Self.words(retry.tried))
        }
        var commands: [String] = []
        for one in retry.others where !commands.contains(advice(one)) { commands.append(advice(one)) }
        let report = retry.plan.parts.isEmpty ? nil : try await wiring.run(retry.plan, of: connection)
        let now = try await rejections.find(retry.tried)
        if json {
            try Console.json(
                Retried(run: report.map { RunDocument($0, connection: name) }, rejections: now, advice: commands))
        } else {
            show(report, now, commands)
        }
        if let code = report?.outcome.exitCode, code != 0 { throw ExitCode(code) }
    }

    private func show(_ report: RunReport?, _ now: [Rejections.Entry], _ commands: [String]) {
        if let report {
            table(now)
            let closed = now.count { $0.status == .closed }
            Console.print(
                "Run \(report.run) of \"\(name)\": \(report.outcome.words). \(closed) of \(now.count) "
                    + "rejection(s) closed."
            )
            if let error = report.error { Console.note(error) }
            for one in now where one.status == .open && one.lastRun != report.run && report.error == nil {
                Console.note(
                    "Rejection \(one.id): WorkflowMax has no \(one.entity) \(one.key). If the record is gone: "
                        + "\"inflow rejections \(name.shellWord) dismiss \(one.id)\".")
            }
        } else if commands.isEmpty {
            Console.print("No rejection of \"\(name)\" is open. Inflow read nothing.")
        }
        guard !commands.isEmpty else { return }
        Console.print("WorkflowMax has no call for some single records. These commands read their lists again:")
        for command in commands { Console.print("  \(command)") }
    }
}

extension [Rejections.Entry] {
    /// Gives each entry what people call its record now, where the tables hold it.
    fileprivate mutating func name(by labels: RecordLabels) async throws(WarehouseError) {
        for entity in WorkflowMax.entities {
            let places = indices.filter { self[$0].entity == entity.name && !self[$0].key.isEmpty }
            let known = try await labels.of(entity, keys: places.map { self[$0].key })
            for place in places { self[place].label = known[self[place].key] ?? self[place].label }
        }
    }
}

extension Rejections.Entry {
    /// The reason of the rejection as a sentence.
    var words: String { Rejection.Reason(rawValue: reason)?.words ?? reason }
}
