import Foundation
import Inflow
import Sync
import Synchronization

/// Shows a run while it goes: on a terminal one living line below the entities that are done, else plain lines.
final class ProgressDisplay: Sendable {
    private struct State {
        var active: [String: Int] = [:]
        var order: [String] = []
        var records = 0
        var calls = 0
        var lastDrawn = Date.distantPast
        var isLineOpen = false
    }

    private let state = Mutex(State())
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let started: Date

    /// A display of a run that began at an instant.
    init(started: Date = Date()) {
        self.started = started
    }

    /// Takes in what a run tells.
    func take(_ progress: Sync.Progress) {
        state.withLock { state in
            switch progress {
            case .waiting(let holder): line("Waiting up to 60 s for \(holder).", &state)
            case .closedDeadRuns(let runs):
                line("Closed as interrupted: run \(runs.map(String.init).joined(separator: ", ")).", &state)
            case .began(let run, let entities): line("Run \(run): \(entities.count) entities.", &state)
            case .pulled(let entity, let records, let traffic):
                if state.active[entity] == nil { state.order.append(entity) }
                state.active[entity, default: 0] += records
                state.records += records
                state.calls += traffic.calls
                draw(&state)
            case .retrying(let entity, let chunk, let tries, let reason):
                line("\(entity), \(chunk): try \(tries) failed, asking again. \(reason)", &state)
            case .loaded(let entity, let chunk, let tally):
                if !isTerminal {
                    line(
                        "\(entity), \(chunk): \(tally.pulled) pulled, \(tally.inserted) inserted, \(tally.updated) updated, "
                            + "\(tally.unchanged) unchanged, \(tally.rejected) rejected", &state)
                }
            case .failed(let entity, let chunk, let reason): line("\(entity), \(chunk): given up. \(reason)", &state)
            case .goingOn(let why, let chunks): line("Going on with \(why): \(chunks) reading(s).", &state)
            case .history: break
            case .ended(let entity, let result): end(entity, result, &state)
            }
        }
    }

    /// Lets the living line show the time that has passed.
    func tick() {
        state.withLock { draw(&$0) }
    }

    /// Leaves the living line.
    func end() {
        state.withLock { clear(&$0) }
    }

    private func end(_ entity: String, _ result: EntityResult, _ state: inout State) {
        state.active[entity] = nil
        state.order.removeAll { $0 == entity }
        guard isTerminal else { return }
        let name = entity.padding(toLength: 16, withPad: " ", startingAt: 0)
        let tally = result.tally
        line(
            "\(name) \(Console.grouped(tally.pulled)) rows, \(Console.grouped(tally.inserted)) new, "
                + "\(Console.grouped(tally.updated)) changed, \(Console.grouped(result.traffic.calls)) calls, \(result.status)",
            &state)
    }

    private func line(_ text: String, _ state: inout State) {
        clear(&state)
        Console.note(text)
    }

    private func clear(_ state: inout State) {
        guard state.isLineOpen else { return }
        Console.write("\r\u{1B}[K", to: STDERR_FILENO)
        state.isLineOpen = false
    }

    private func draw(_ state: inout State) {
        guard isTerminal, Date().timeIntervalSince(state.lastDrawn) > 0.1 else { return }
        state.lastDrawn = Date()
        let parts = state.order.map { "\($0) \(Console.grouped(state.active[$0] ?? 0))" }.joined(separator: " · ")
        let text =
            "\(Console.seconds(Date().timeIntervalSince(started)))  \(Console.grouped(state.calls)) calls  "
            + "\(Console.grouped(state.records)) rows  \(parts)"
        Console.write("\r\u{1B}[K\(text.prefix(ProgressDisplay.columns - 1))", to: STDERR_FILENO)
        state.isLineOpen = true
    }

    static var columns: Int {
        var size = winsize()
        return ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 20 ? Int(size.ws_col) : 80
    }
}
