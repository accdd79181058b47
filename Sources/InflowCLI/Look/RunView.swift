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

    /// Shows chunks and entities that ended since the last call.
    mutating func show(_ sight: RunSnapshot) {
        let display = display ?? begin(sight)
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
        display.tick()
    }

    private mutating func begin(_ sight: RunSnapshot) -> ProgressDisplay {
        let display = ProgressDisplay(started: sight.run.startedAt)
        self.display = display
        display.take(.began(run: sight.run.run, entities: sight.parts.map(\.entity)))
        return display
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
