import Foundation
import Inflow
import Sync
import Synchronization

/// Shows the progress of a backfill: on a terminal a bar that is redrawn in place, elsewhere a line for each chunk.
final class BackfillDisplay: LiveDisplay {
    private struct State {
        var done = 0
        var rows = 0
        var calls = 0
        var callsLeft: Int
        var last = ""
        var heardAt = Date()
        var reason: WaitReason?
        /// Seconds in which nothing could be called.
        var waited = 0.0
        var live = LiveLine()
    }

    private let state: Mutex<State>
    private let chunks: Int
    private let perMinute: Int
    private let started = Date()

    /// Creates a display for a backfill of `chunks` chunks that should take about `calls` calls, of which a minute may
    /// have `perMinute` (0: any number).
    init(chunks: Int, calls: Int, perMinute: Int) {
        self.chunks = chunks
        self.perMinute = perMinute
        state = Mutex(State(callsLeft: calls))
    }

    var isLive: Bool { state.withLock { $0.live.isTerminal } }
    var silence: TimeInterval { state.withLock { Date().timeIntervalSince($0.heardAt) } }

    /// The number of loaded chunks.
    var done: Int { state.withLock { $0.done } }

    /// Shows one event of the backfill.
    func take(_ progress: Sync.Progress) {
        state.withLock { state in
            (state.heardAt, state.reason) = (Date(), nil)
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

    /// Redraws the live line with what the backfill waits for.
    func tick(_ reason: WaitReason?) {
        state.withLock { state in
            state.reason = reason
            if reason != nil, reason != .answer { state.waited += 1 }
            draw(&state, now: true)
        }
    }

    /// The time still needed; `nil` before that is known.
    private func eta(_ state: State) -> String? {
        RemainingTime.seconds(
            callsLeft: state.callsLeft, callsMade: state.calls, elapsed: Date().timeIntervalSince(started),
            waited: state.waited,
            perMinute: perMinute
        ).map(RemainingTime.words)
    }

    private func draw(_ state: inout State, now: Bool = false) {
        let line = line(state)
        state.live.draw(now: now) { line.text(columns: $0) }
    }

    private func line(_ state: State) -> ProgressLine {
        var line = ProgressLine()
        let width = 20
        let full = chunks > 0 ? state.done * width / chunks : width
        let bar = String(repeating: "#", count: full) + String(repeating: ".", count: width - full)
        line.add(eta(state))
        line.add(state.reason?.text, short: state.reason?.short)
        line.add("[\(bar)] \(state.done)/\(chunks) chunks", short: "\(state.done)/\(chunks) chunks")
        line.add("\(Console.grouped(state.callsLeft)) calls left")
        line.add("\(Console.grouped(state.rows)) rows")
        line.setNames(state.last.isEmpty ? [] : [state.last])
        return line
    }
}
