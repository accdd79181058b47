import Foundation
import Inflow
import Sync
import Synchronization

/// Shows the progress of a backfill: on a terminal a bar that is redrawn in place, elsewhere a line for each chunk.
final class BackfillDisplay: Sendable {
    private struct State {
        var done = 0
        var rows = 0
        var calls = 0
        var callsLeft: Int
        var last = ""
        var live = LiveLine()
    }

    private let state: Mutex<State>
    private let chunks: Int
    private let started = Date()

    /// Creates a display for a backfill of `chunks` chunks that should take about `calls` calls.
    init(chunks: Int, calls: Int) {
        self.chunks = chunks
        state = Mutex(State(callsLeft: calls))
    }

    /// The number of loaded chunks.
    var done: Int { state.withLock { $0.done } }

    /// Shows one event of the backfill.
    func take(_ progress: Sync.Progress) {
        state.withLock { state in
            switch progress {
            case .waiting(let holder): state.live.print("Waiting up to 60 s for \(holder) to finish.")
            case .closedDeadRuns(let runs): state.live.print(RunText.closed(runs))
            case .began(let run, _): state.live.print("Run \(run).")
            case .pulled(_, let records, let traffic):
                state.rows += records
                state.calls += traffic.calls
                draw(&state)
            case .loaded(let entity, let chunk, _):
                state.last = "\(entity) \(chunk)"
                draw(&state)
            case .history(let done, let all, let chunk, let tally, let callsLeft):
                (state.done, state.callsLeft) = (done, callsLeft)
                if state.live.isTerminal { return draw(&state, now: true) }
                state.live.print(
                    "\(done) of \(all): \(chunk), \(Console.grouped(tally.pulled)) rows, "
                        + "\(Console.grouped(state.calls)) calls so far, about \(Console.grouped(callsLeft)) left"
                        + (eta(state).map { ", \($0)" } ?? ""))
            case .retrying(let entity, let chunk, let tries, let reason):
                state.live.print("\(entity), \(chunk): attempt \(tries) failed; Inflow asks again. \(reason)")
            case .failed(let entity, let chunk, let reason):
                state.live.print("\(entity), \(chunk): not loaded. \(reason)")
            case .goingOn(let why, let chunks): state.live.print("Continuing with \(why): \(chunks) reading(s).")
            case .ended: break
            }
        }
    }

    /// Erases the live line; call it when the backfill has ended.
    func end() {
        state.withLock { $0.live.clear() }
    }

    /// The time still needed, at the pace of the calls so far; `nil` before the first call.
    private func eta(_ state: State) -> String? {
        guard state.calls > 0, state.callsLeft > 0 else { return nil }
        let seconds = Date().timeIntervalSince(started) / Double(state.calls) * Double(state.callsLeft)
        return "about \(Console.seconds(seconds)) to go"
    }

    private func draw(_ state: inout State, now: Bool = false) {
        let (done, rows, callsLeft, last, eta) = (state.done, state.rows, state.callsLeft, state.last, eta(state))
        state.live.draw(now: now) {
            let seconds = max(0.1, Date().timeIntervalSince(started))
            let width = 20
            let full = chunks > 0 ? done * width / chunks : width
            let bar = String(repeating: "#", count: full) + String(repeating: ".", count: width - full)
            let parts = [
                "[\(bar)] \(done)/\(chunks) chunks", "\(Console.grouped(rows)) rows",
                "\(Console.grouped(Int(Double(rows) / seconds))) rows/s",
                "\(Console.grouped(callsLeft)) calls left", eta ?? "", last,
            ]
            return parts.filter { !$0.isEmpty }.joined(separator: "  ")
        }
    }
}
