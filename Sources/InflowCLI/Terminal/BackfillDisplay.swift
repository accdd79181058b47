import Foundation
import Inflow
import Sync
import Synchronization

/// Shows a backfill while it goes: on a terminal a bar that is redrawn in place, else a line for each chunk.
final class BackfillDisplay: Sendable {
    private struct State {
        var done = 0
        var rows = 0
        var calls = 0
        var callsLeft: Int
        var last = ""
        var lastDrawn = Date.distantPast
        var isLineOpen = false
    }

    private let state: Mutex<State>
    private let chunks: Int
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let started = Date()

    /// A display of so many chunks, expected to take so many calls.
    init(chunks: Int, calls: Int) {
        self.chunks = chunks
        state = Mutex(State(callsLeft: calls))
    }

    /// Chunks that are done.
    var done: Int { state.withLock { $0.done } }

    /// Takes in what a backfill tells.
    func take(_ progress: Sync.Progress) {
        state.withLock { state in
            switch progress {
            case .waiting(let holder): line("Waiting up to 60 s for \(holder).", &state)
            case .closedDeadRuns(let runs):
                line("Closed as interrupted: run \(runs.map(String.init).joined(separator: ", ")).", &state)
            case .began(let run, _): line("Run \(run).", &state)
            case .pulled(_, let records, let traffic):
                state.rows += records
                state.calls += traffic.calls
                draw(&state, force: false)
            case .loaded(let entity, let chunk, _):
                state.last = "\(entity) \(chunk)"
                draw(&state, force: false)
            case .history(let done, let all, let chunk, let tally, let callsLeft):
                (state.done, state.callsLeft) = (done, callsLeft)
                if isTerminal { return draw(&state, force: true) }
                line(
                    "\(done) of \(all): \(chunk), \(Console.grouped(tally.pulled)) rows, "
                        + "\(Console.grouped(state.calls)) calls so far, about \(Console.grouped(callsLeft)) left"
                        + (eta(state).map { ", \($0)" } ?? ""), &state)
            case .retrying(let entity, let chunk, let tries, let reason):
                line("\(entity), \(chunk): try \(tries) failed, asking again. \(reason)", &state)
            case .failed(let entity, let chunk, let reason): line("\(entity), \(chunk): put aside. \(reason)", &state)
            case .goingOn(let why, let chunks): line("Going on with \(why): \(chunks) reading(s).", &state)
            case .ended: break
            }
        }
    }

    /// Leaves the living line.
    func end() {
        state.withLock { clear(&$0) }
    }

    /// How long it still takes, at the pace of the calls so far.
    private func eta(_ state: State) -> String? {
        guard state.calls > 0, state.callsLeft > 0 else { return nil }
        let seconds = Date().timeIntervalSince(started) / Double(state.calls) * Double(state.callsLeft)
        return "about \(Console.seconds(seconds)) to go"
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

    private func draw(_ state: inout State, force: Bool) {
        guard isTerminal, force || Date().timeIntervalSince(state.lastDrawn) > 0.1 else { return }
        state.lastDrawn = Date()
        let seconds = max(0.1, Date().timeIntervalSince(started))
        let width = 20
        let full = chunks > 0 ? state.done * width / chunks : width
        let bar = String(repeating: "#", count: full) + String(repeating: ".", count: width - full)
        let parts = [
            "[\(bar)] \(state.done)/\(chunks) chunks", "\(Console.grouped(state.rows)) rows",
            "\(Console.grouped(Int(Double(state.rows) / seconds))) rows/s",
            "\(Console.grouped(state.callsLeft)) calls left",
            eta(state) ?? "", state.last,
        ]
        let text = parts.filter { !$0.isEmpty }.joined(separator: "  ")
        Console.write("\r\u{1B}[K\(text.prefix(ProgressDisplay.columns - 1))", to: STDERR_FILENO)
        state.isLineOpen = true
    }
}
