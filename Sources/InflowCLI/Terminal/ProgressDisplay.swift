import Foundation
import Inflow
import Sync
import Synchronization

/// Shows the progress of a run: on a terminal a live line below the finished entities, elsewhere a line for each chunk.
final class ProgressDisplay: LiveDisplay {
    private struct State {
        var active: [String: Int] = [:]
        var order: [String] = []
        var records = 0
        var calls = 0
        /// Calls that the run is expected to make in all; 0 where that is not known.
        var expected: Int
        var heardAt = Date()
        var reason: WaitReason?
        /// Seconds in which nothing could be called.
        var waited = 0.0
        var live = LiveLine()
    }

    private let state: Mutex<State>
    private let started: Date
    private let perMinute: Int

    /// Creates a display whose clock counts from `started`, of a run that should make about `calls` calls (0: nobody
    /// knows), of which a minute may have `perMinute` (0: any number).
    init(started: Date = Date(), calls: Int = 0, perMinute: Int = 0) {
        self.started = started
        self.perMinute = perMinute
        state = Mutex(State(expected: calls))
    }

    var isLive: Bool { state.withLock { $0.live.isTerminal } }
    var silence: TimeInterval { state.withLock { Date().timeIntervalSince($0.heardAt) } }

    /// Shows one event of the run.
    func take(_ progress: Sync.Progress) {
        state.withLock { state in
            (state.heardAt, state.reason) = (Date(), nil)
            switch progress {
            case .waiting(let holder): state.live.print("Waiting up to 60 s for \(holder) to finish.")
            case .closedDeadRuns(let runs): state.live.print(RunText.closed(runs))
            case .began(let run, let entities): state.live.print("Run \(run): \(entities.count) entities.")
            case .pulled(let entity, let records, let traffic):
                if state.active[entity] == nil { state.order.append(entity) }
                state.active[entity, default: 0] += records
                state.records += records
                state.calls += traffic.calls
                draw(&state)
            case .retrying(let entity, let chunk, let tries, let reason):
                state.live.print("\(entity), \(chunk): attempt \(tries) failed; Inflow asks again. \(reason)")
            case .loaded(let entity, let chunk, let tally):
                if !state.live.isTerminal {
                    state.live.print(
                        "\(entity), \(chunk): \(tally.pulled) pulled, \(tally.inserted) inserted, "
                            + "\(tally.updated) updated, \(tally.unchanged) unchanged, \(tally.rejected) rejected")
                }
            case .failed(let entity, let chunk, let reason):
                state.live.print("\(entity), \(chunk): not loaded. \(reason)")
            case .goingOn(let why, let chunks):
                if state.expected > 0 { state.expected += chunks }
                state.live.print("Continuing with \(why): \(chunks) reading(s).")
            case .history: break
            case .ended(let entity, let result): end(entity, result, &state)
            }
        }
    }

    /// Redraws the live line with the time that has passed, and with what the run waits for.
    func tick(_ reason: WaitReason? = nil) {
        state.withLock { state in
            state.reason = reason
            if reason != nil, reason != .answer { state.waited += 1 }
            draw(&state, now: true)
        }
    }

    /// Takes a new estimate of the calls that the whole run makes.
    func expect(calls: Int) {
        state.withLock { $0.expected = calls }
    }

    /// Erases the live line; call it when the run has ended.
    func end() {
        state.withLock { $0.live.clear() }
    }

    private func end(_ entity: String, _ result: EntityResult, _ state: inout State) {
        state.active[entity] = nil
        state.order.removeAll { $0 == entity }
        guard state.live.isTerminal else { return }
        let name = entity.padding(toLength: 16, withPad: " ", startingAt: 0)
        let tally = result.tally
        state.live.print(
            "\(name) \(Console.grouped(tally.pulled)) rows, \(Console.grouped(tally.inserted)) new, "
                + "\(Console.grouped(tally.updated)) changed, "
                + "\(Console.grouped(result.traffic.calls)) calls, \(result.status)"
        )
    }

    private func draw(_ state: inout State, now: Bool = false) {
        let line = line(state)
        state.live.draw(now: now) { line.text(columns: $0) }
    }

    private func line(_ state: State) -> ProgressLine {
        var line = ProgressLine()
        let elapsed = Date().timeIntervalSince(started)
        let left = RemainingTime.seconds(
            callsLeft: state.expected - state.calls, callsMade: state.calls, elapsed: elapsed, waited: state.waited,
            perMinute: perMinute)
        line.add(left.map(RemainingTime.words))
        line.add(state.reason?.text, short: state.reason?.short)
        line.add(Console.span(elapsed))
        line.add("\(Console.grouped(state.calls)) call\(state.calls == 1 ? "" : "s")")
        line.add("\(Console.grouped(state.records)) rows")
        line.setNames(state.order.map { "\($0) \(Console.grouped(state.active[$0] ?? 0))" })
        return line
    }
}
