import ArgumentParser
import Foundation
import Inflow
import Sync
import Warehouse
import WorkflowMax

struct SyncCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sync",
        abstract: "Sync All, or a targeted sync of some entities.",
        discussion: """
            Without entities and dates, a Sync All: lists whole; of dated entities the last months and the year ahead, \
            what was modified, open documents of any age and those that have just left them, and in turn the months verified \
            longest ago. Dates are inclusive, may lie in the future, and fit entities that the platform gives by date: \
            quote, job, purchase_order, invoice, timesheet, lead.
            """)

    @Argument(help: "The connection.") var name: String
    @Argument(help: "Entities, such as invoice or timesheet; none for all.") var entities: [String] = []
    @Option(help: "First day, yyyy-MM-dd, included.") var from: Day?
    @Option(help: "Last day, yyyy-MM-dd, included; without it to the end of the month.") var to: Day?
    @Flag(help: "One JSON document and nothing else on standard output.") var json = false

    @Flag(help: "Read and judge, and write no table: what would be inserted, updated, missing, rejected.") var dryRun =
        false
    @Flag(help: "Leave the reserve of the day's calls to other runs: for reading years of history.") var background =
        false
    @Flag(help: "Read all of it, also what a run has loaded that the day's quota stopped.") var anew = false
    @Flag(help: "Say what would be read, why and at how many calls; read nothing.") var plan = false
    @Flag(help: "Where \"inflow serve\" runs it, do not wait for its end.") var noWait = false

    func run() async throws {
        // The schedule's time is when it was asked for, whatever is waited for after that.
        let asked = Date()
        try await reporting(json: json) {
            let wiring = try await Wiring.ready()
            let connection = try await ConnectionStore(wiring.warehouse).find(name)
            let state = try await SyncStateStore(wiring.warehouse, connection).read()
            var what = try planned(connection.settings, state)
            if background { what.purpose = .background }
            what.continuesParked = !anew
            if plan || (dryRun && !entities.isEmpty) {
                what = what.expecting(try await PerParentStatusReader(wiring, connection).expected(what))
            }
            if plan { return try RunPlanDocument(what).show(json: json) }
            for warning in await TokenMaintenance(wiring: wiring).keepAll() { Console.note(warning) }
            if !dryRun, try await isAsked(of: connection, at: asked, wiring) { return }
            try await PlanRunner(wiring: wiring, connection: connection, json: json, isDry: dryRun).run(what)
        }
    }

    /// Anchors the schedule where everything is asked for; where somebody serves, puts the run into the queue and follows it.
    ///
    /// - Returns: whether it was run so.
    private func isAsked(of connection: Connection, at asked: Date, _ wiring: Wiring) async throws -> Bool {
        try connection.checkReadable()
        if isAll {
            let zone = connection.settings.timeZone
            try await ScheduleStore(wiring.warehouse).change(connection) { $0.syncAll(askedAt: asked, zone: zone) }
        }
        guard !background, !anew, try await wiring.queue.isServed() else { return false }
        let kind: SyncRequest.Kind =
            isAll ? .syncAll : .targeted(entities: entities, first: from?.date, last: to?.date)
        try await QueuedRun(wiring: wiring, connection: connection, json: json, waits: !noWait)
            .ask(SyncRequest(kind, askedAt: asked))
        return true
    }

    /// Whether everything is asked for.
    private var isAll: Bool { entities.isEmpty && from == nil && to == nil }

    private func planned(_ settings: ConnectionSettings, _ state: SyncState) throws -> RunPlan {
        if isAll {
            return .syncAll(WorkflowMax.entities, settings, state: state, now: Date())
        }
        return try .targeted(
            entities, of: WorkflowMax.entities, from: from?.date, to: to?.date, settings,
            today: LocalDate(Date(), in: settings.timeZone))
    }
}
