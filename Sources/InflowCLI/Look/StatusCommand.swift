import ArgumentParser
import Foundation
import Inflow
import Warehouse
import WorkflowMax

/// `inflow status`: the first command to run when something seems wrong.
///
/// The commands of this folder only read. They answer the questions that a person asks of Inflow in this order:
///
/// - Is everything well? `status` (one line for each connection, or one connection at length).
/// - What happened, and what happens now? `runs`, `run`, `run --follow`.
/// - Is the data complete? `coverage`, `counts`, `rejections`, `drift`, `quality`.
/// - Why is this record as it is? `why`.
/// - How many calls are left? `quota`.
///
/// Each prints a table for a person, or with `--json` one document whose keys do not depend on the values.
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show each connection's last and next run, tokens, rows, errors and freshness.",
        discussion: """
            "last run" is the last successful Sync All, manual or scheduled. "fresh" is the age of the oldest list: \
            Inflow has read every other one since. "values" are what costs one call for each record: custom fields, job \
            costs, payments. "closed" counts what changed in closed months since (inflow period), and only where you \
            name the connection. Times are in the time zone of the connection.
            """
                + "\n\n"
                + examples(
                    "inflow status",
                    "inflow status acme"))

    @Argument(help: "Name of the connection; without it, all connections.", completion: .connections) var name: String?
    @Flag(help: "Print one JSON document.") var json = false

    func run() async throws {
        try await reporting(json: json) {
            let wiring = try await Wiring.ready()
            let now = Date()
            let statuses = ConnectionStatusReader(wiring.warehouse)
            let isServed = try await wiring.queue.isServed()
            let rows = try await statuses.rows(WorkflowMax.entities)
            var documents = try await statuses.all(now: now).filter { name == nil || $0.name == name }.map {
                StatusDocument(
                    $0, rows: rows[$0.id] ?? [:], known: WorkflowMax.entities.map(\.name),
                    values: Set(WorkflowMax.entities.filter(\.isPerParent).map(\.name)), isServed: isServed, now: now)
            }
            let size = try await wiring.warehouse.size()
            for place in documents.indices { documents[place].warehouseBytes = OrNull(size) }
            // The store says in words which connections there are, and hands out none that it cannot read.
            if let name, documents.isEmpty { _ = try await ConnectionStore(wiring.warehouse).find(name) }
            if name != nil || json {
                for place in documents.indices where documents[place].problems.isEmpty {
                    let connection = try await ConnectionStore(wiring.warehouse).find(documents[place].connection)
                    documents[place].add(try await PerParentStatusReader(wiring, connection).status())
                    if name != nil {
                        let closings = try await PeriodStore(wiring.warehouse, connection).closings()
                        documents[place].closedMonths = OrNull(ClosedMonths(closings))
                    }
                }
            }
            if name != nil, let one = documents.first {
                if json { return try Console.json(one) }
                for line in one.lines(now: now) { Console.print(line) }
                Console.print("")
                one.values?.show(in: one.zone)
                Console.print("The warehouse takes \(Console.bytes(size)) on disk.")
            } else {
                if json { return try Console.json(documents) }
                for line in StatusDocument.table(documents, now: now) { Console.print(line) }
                Console.print("\nThe warehouse takes \(Console.bytes(size)) on disk.")
            }
        }
    }
}
