import ArgumentParser
import Foundation
import Inflow
import Warehouse

struct ScheduleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schedule", abstract: "Show or set the time of a connection's daily run.",
        discussion: """
            The first Sync All sets the time to the local time of its request, and each later one moves it; --at sets \
            it by hand, and --pin keeps it. "inflow serve" starts the runs.
            """
                + "\n\n"
                + examples(
                    "inflow schedule acme",
                    "inflow schedule acme --at 07:30 --pin",
                    "inflow schedule acme --off"))

    @Argument(help: "Name of the connection.", completion: .connections) var name: String
    @Option(help: "Local time of day, 00:00 to 23:59; switches the schedule on.") var at: String?
    @Option(help: "IANA time zone of that time (default: the previous one, or the connection's).") var zone: String?
    @Flag(help: "Switch the schedule on; Inflow does not catch up missed runs.") var on = false
    @Flag(help: "Switch the schedule off; the time stays.") var off = false
    @Flag(inversion: .prefixedNo, help: "Keep the time: no Sync All moves it; --no-pin lets it move again.")
    var pin: Bool?
    @Flag(help: "Print one JSON document.") var json = false

    func run() async throws {
        try await reporting(json: json) {
            let wiring = try await Wiring.ready()
            let connection = try await ConnectionStore(wiring.warehouse).find(name)
            let store = ScheduleStore(wiring.warehouse)
            if let change = try await change(connection, try await store.schedule(of: connection), wiring) {
                try await store.change(connection, change)
                try await wiring.audit(.scheduleChanged, by: .command, connection, details: details)
            }
            try await show(connection, store, isServed: try await wiring.queue.isServed())
        }
    }

    private func change(
        _ connection: Connection, _ schedule: Schedule, _ wiring: Wiring
    ) async throws -> (@Sendable (inout Schedule) -> Void)? {
        guard !(on && off), !(off && at != nil) else {
            throw UserError("Give either --off, or --at and --on. Nothing was changed.", exitCode: 64)
        }
        let now = Date()
        guard at != nil || zone != nil else {
            guard on || off || pin != nil else { return nil }
            if pin == true, schedule.anchor == nil {
                throw UserError("There is no time of day yet: give one with --at. Nothing was changed.", exitCode: 64)
            }
            return { [on, off, pin] schedule in
                if on { schedule.turnOn(at: now) }
                if off { schedule.turnOff() }
                if let pin { schedule.pin(pin) }
            }
        }
        let given = try zone.map { name in
            guard let zone = TimeZone(identifier: name), name.contains("/") || name == "UTC" else {
                throw UserError(
                    "\"\(name)\" is not an IANA time zone such as Pacific/Auckland. Nothing was changed.", exitCode: 64)
            }
            return zone
        }
        if let given { try await ZoneCheck(wiring.warehouse).check(given, of: connection.name) }
        let zone = given ?? schedule.anchor?.zone ?? connection.settings.timeZone
        guard let time = at ?? schedule.anchor?.time else {
            throw UserError("There is no time of day yet: give one with --at. Nothing was changed.", exitCode: 64)
        }
        do throws(Anchor.Refusal) {
            let anchor = try Anchor(time: time, zone: zone)
            return { [pin] schedule in
                schedule.set(anchor, at: now)
                if let pin { schedule.pin(pin) }
            }
        } catch {
            throw UserError(error.description + " Nothing was changed.", exitCode: 64)
        }
    }

    /// What was asked for, for the audit log.
    private var details: [String: String] {
        var details = ["is on": on || at != nil ? "true" : off ? "false" : nil].compactMapValues(\.self)
        (details["time"], details["zone"], details["is pinned"]) = (at, zone, pin.map { "\($0)" })
        return details
    }

    private struct Document: Encodable {
        struct Anchor: Encodable {
            let at: String
            let zone: String
        }
        let connection: String
        let enabled: Bool
        let isPinned: Bool
        let anchor: Anchor?
        let nextRun: Date?
        let isServed: Bool
    }

    private func show(_ connection: Connection, _ store: ScheduleStore, isServed: Bool) async throws {
        let now = Date()
        let state = try await store.states(now: now)[connection.id] ?? ScheduleState(Schedule())
        let next = state.isPaused ? nil : state.nextSlot(after: now).map { state.begin($0) }
        let anchor = state.schedule.anchor
        if json {
            return try Console.json(
                Document(
                    connection: connection.name, enabled: state.schedule.isOn, isPinned: state.schedule.isPinned,
                    anchor: anchor.map { .init(at: $0.time, zone: $0.zone.identifier) }, nextRun: next,
                    isServed: isServed))
        }
        let when = anchor.map { "every day at \($0)" } ?? "no time yet; the first Sync All or --at sets it"
        let pinned = state.schedule.isPinned ? ", pinned" : ""
        Console.print("\"\(connection.name)\": \(when)\(pinned)\(state.schedule.isOn ? "" : ", switched off").")
        if state.isPaused {
            Console.print("The connection is paused: \"inflow connection resume \(connection.name.shellWord)\".")
        }
        if let next {
            Console.print("Next run: \(InstantText.day(next, in: connection.settings.timeZone, now: now)).")
        }
        if !isServed, state.schedule.isOn, anchor != nil {
            Console.note("No daemon serves now. Start \"inflow serve\", or install it as a service.")
        }
    }
}
