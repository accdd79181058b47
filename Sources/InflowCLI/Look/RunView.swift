import Foundation
import Inflow
import Sync
import Warehouse
import WorkflowMax

/// The part of a followed run that is already on the screen.
struct RunView {
    private(set) var display: ProgressDisplay?
    private var shown: Set<LoggedChunk> = []
    private var newest: Instant?
    private var ended: Set<String> = []

    /// A chunk can become visible after a later one, as late as its merge takes; each reading repeats the last 15
    /// minutes.
    var since: Instant? { newest?.addingTimeInterval(-900) }

    /// Whether nothing has been reported for so long that the run may be waiting.
    var isSilent: Bool { display.map { $0.isLive && $0.silence > 2 } ?? false }

    /// Shows chunks and entities that ended since the last call, and what the run waits for.
    mutating func show(_ sight: RunSnapshot, waiting reason: WaitReason?) {
        guard let display else { return }
        for chunk in sight.chunks where shown.insert(chunk).inserted {
            newest = max(newest ?? chunk.endedAt, chunk.endedAt)
            display.take(chunk)
        }
        for part in sight.parts.inOrder(WorkflowMax.entities) {
            // The log ends all parts together with the run. A part whose chunks are all done counts as done here.
            let done = part.details.loadedChunks + part.failedChunks
            guard part.details.plannedChunks > 0, done >= part.details.plannedChunks,
                ended.insert(part.entity).inserted
            else { continue }
            display.take(.ended(entity: part.entity, result: EntityResult(part)))
        }
        display.expect(calls: Self.expectedCalls(sight))
        display.tick(reason)
    }

    /// Begins the display; `perMinute` is the connection's limit of calls, 0 where there is none or it is unknown.
    mutating func begin(_ sight: RunSnapshot, perMinute: Int) {
        let display = ProgressDisplay(started: sight.run.startedAt, perMinute: perMinute)
        self.display = display
        display.take(.began(run: sight.run.run, entities: sight.parts.map(\.entity)))
    }

    /// The calls that the whole run will take if its other chunks take as many each as those that are done; 0 before one
    /// is.
    static func expectedCalls(_ sight: RunSnapshot) -> Int {
        expectedCalls(
            planned: sight.parts.reduce(0) { $0 + $1.details.plannedChunks },
            done: sight.parts.reduce(0) { $0 + $1.details.loadedChunks + $1.failedChunks },
            made: sight.parts.reduce(0) { $0 + $1.traffic.calls })
    }

    static func expectedCalls(planned: Int, done: Int, made: Int) -> Int {
        guard done > 0, made > 0 else { return planned }
        return (made * max(planned, done) + done - 1) / done
    }
}

extension ProgressDisplay {
    /// Shows a chunk of the run log as the events that its own process showed.
    fileprivate func take(_ chunk: LoggedChunk) {
        guard chunk.status == .loaded else {
            return take(.failed(entity: chunk.entity, chunk: chunk.chunk, reason: chunk.error ?? ""))
        }
        var traffic = Traffic()
        (traffic.calls, traffic.bytes) = (chunk.calls, chunk.bytes)
        take(.pulled(entity: chunk.entity, records: chunk.tally.pulled, traffic: traffic))
        take(.loaded(entity: chunk.entity, chunk: chunk.chunk, tally: chunk.tally))
    }
}
