import ArgumentParser
import Foundation
import Inflow
import Sync
import Warehouse
import WorkflowMax

struct SyncCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sync",
        abstract: "Read records from WorkflowMax now: all that may have changed, or only some entities.",
        discussion: """
            Without entities and dates this is a Sync All. It reads every list without dates completely, clients and \
            jobs every week and in between what was modified. Of dated entities it reads the last months and the year \
            ahead, open documents of any age, documents that have just been closed, and a few of the months that were \
            checked longest ago.

            Both dates are included and may lie in the future. They apply to entities that WorkflowMax gives by date: \
            quote, job, purchase_order, invoice, timesheet, lead.
            """
                + "\n\n"
                + examples(
                    "inflow sync acme",
                    "inflow sync acme time invoices --from last-month",
                    "inflow sync acme po --from 2026-10 --to 2026-10",
                    "inflow sync acme --plan"))

    @Argument(help: "Name of the connection.", completion: .connections) var name: String
    @Argument(help: "Entities, such as invoice or timesheet; without any, all.", completion: .entities) var entities:
        [String] = []
    @Option(help: "First day, included: \(Day.forms).") var from: Day?
    @Option(help: "Last day, included; without it, the end of the month.") var to: Day?
    @Flag(help: "Print one JSON document and nothing else on standard output.") var json = false

    @Flag(help: "Read, and show what would be inserted, updated, missing or rejected; write no table.") var dryRun =
        false
    @Flag(help: "Leave the reserve of the day's calls to other runs.") var background =
        false
    @Flag(help: "Start over; do not continue a run that the day's quota stopped.") var anew = false
    @Flag(help: "Show what a run would read, why, and with how many calls; read nothing.") var plan = false
    @Flag(help: "If \"inflow serve\" runs the sync, do not wait for its end.") var noWait = false
    @OptionGroup var quiet: QuietOption

    func run() async throws {
        // The schedule takes the time of the request, however long the run then waits.
        let asked = Date()
        try await reporting(json: json) {
            let wiring = try await Wiring.ready()
            let connection = try await ConnectionStore(wiring.warehouse).find(name)
            let state = try await SyncStateStore(wiring.warehouse, connection).read()
            let chosen = try findEntities(entities)
            var what = try planned(chosen, connection.settings, state)
            if background { what.purpose = .background }
            what.continuesParked = !anew
            let values = PerParentStatusReader(wiring, connection)
            if plan { return try await values.document(what.estimated(by: state)).show(json: json) }
            if dryRun, !entities.isEmpty { what = what.expecting(try await values.expected(what).parts) }
            try connection.checkReadable()
            try await wiring.checkConsent(connection)
            for warning in await TokenMaintenance(wiring: wiring).keepAll() { Console.note(warning) }
            // Anchors the schedule at a Sync All.
            let move =
                isAll && !dryRun ? try await ScheduleMove.make(wiring.warehouse, connection, at: asked) : nil
            if !dryRun, !background, !anew, try await wiring.queue.isServed() {
                let kind: SyncRequest.Kind =
                    isAll
                    ? .syncAll
                    : .targeted(
                        entities: chosen, first: from?.first(connection.settings),
                        last: to?.last(connection.settings))
                return try await QueuedRun(
                    wiring: wiring, connection: connection, json: json, waits: !noWait, move: move
                ).ask(SyncRequest(kind, askedAt: asked))
            }
            try await PlanRunner(wiring: wiring, connection: connection, json: json, isDry: dryRun, move: move).run(
                what)
        }
    }

    /// Whether the command asks for a Sync All.
    private var isAll: Bool { entities.isEmpty && from == nil && to == nil }

    private func planned(
        _ chosen: [String], _ settings: ConnectionSettings, _ state: SyncState
    ) throws -> RunPlan {
        if isAll {
            return .syncAll(WorkflowMax.entities, settings, state: state, now: Date())
        }
        return try .targeted(
            chosen, of: WorkflowMax.entities, from: from?.first(settings), to: to?.last(settings), settings,
            today: LocalDate(Date(), in: settings.timeZone))
    }
}
