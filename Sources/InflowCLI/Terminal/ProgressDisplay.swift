import Foundation
import Inflow
import Sync
import Synchronization

/// Shows the progress of a run: on a terminal a live line below the finished entities, elsewhere a line for each chunk.
final class ProgressDisplay: Sendable {
    private struct State {
        var active: [String: Int] = [:]
        var order: [String] = []
        var records = 0
        var calls = 0
        var live = LiveLine()
    }

    private let state = Mutex(State())
    private let started: Date

    /// Creates a display whose clock counts from `started`.
    init(started: Date = Date()) {
        self.started = started
    }

    /// Shows one event of the run.
    func take(_ progress: Sync.Progress) {
        state.withLock { state in
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
            case .goingOn(let why, let chunks): state.live.print("Continuing with \(why): \(chunks) reading(s).")
            case .history: break
            case .ended(let entity, let result): end(entity, result, &state)
            }
        }
    }

    /// Redraws the live line with the time that has passed.
    func tick() {
        state.withLock { draw(&$0) }
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

    private func draw(_ state: inout State) {
        let (order, active, calls, records) = (state.order, state.active, state.calls, state.records)
        state.live.draw {
            let parts = order.map { "\($0) \(Console.grouped(active[$0] ?? 0))" }.joined(separator: " · ")
            return "\(Console.seconds(Date().timeIntervalSince(started)))  \(Console.grouped(calls)) calls  "
                + "\(Console.grouped(records)) rows  \(parts)"
        }
    }
}
