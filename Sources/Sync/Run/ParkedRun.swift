internal import Foundation
internal import Inflow
internal import Warehouse

/// A run that the day's quota stopped, and that a later run of the same request continues.
///
/// What the parked run had read stays as it was then, so freshness counts from its oldest chunk. The schedule's run of
/// another day is another request: it reads everything again.
struct ParkedRun: Sendable {
    /// The first of the runs that continued each other.
    let run: Int64
    /// What these runs have loaded.
    let chunks: [RunLog.LoadedChunk]

    /// The parked run that a plan continues, if there is one.
    static func find(
        for plan: RunPlan, in log: RunLog, of connection: Connection
    ) async throws(WarehouseError) -> ParkedRun? {
        // A retry of rejected or missing records asks for them again, whatever was read before.
        guard plan.continuesParked, !plan.trigger.isByKey else { return nil }
        if let run = plan.resumes, let found = try await log.interrupted(run, of: connection) {
            return ParkedRun(run: found.run, chunks: found.chunks)
        }
        let found = try await log.parked(
            connection, trigger: plan.trigger, scope: plan.scope, slot: plan.slot)
        return found.map { ParkedRun(run: $0.run, chunks: $0.chunks) }
    }

    /// The plan without the chunks that are loaded already.
    func rest(of plan: RunPlan, _ progress: (Progress) -> Void) -> RunPlan {
        var left = 0
        let parts = plan.parts.map { part in
            let readings = part.readings.filter { find($0.chunk, of: part.entity) == nil }
            left += readings.count
            return RunPlan.Part(entity: part.entity, readings: readings)
        }
        let rest = plan.replacing(parts)
        progress(.goingOn(why: "run \(run), which was stopped before its end", chunks: left))
        return rest
    }

    /// Adds the chunks loaded before to a run's results: its follow-ups are decided over the whole plan.
    func addLoaded(_ plan: RunPlan, to results: inout RunResults) {
        for part in plan.parts {
            for reading in part.readings {
                guard let found = find(reading.chunk, of: part.entity) else { continue }
                results.change(part.entity.name) {
                    $0.rejectedBefore += found.rejected
                    $0.outsideBefore += found.outside
                    $0.rejectedValues += found.rejectedValues
                    $0.lostCharacters += found.lostCharacters
                    $0.loaded.append(
                        RunBoard.Loaded(
                            chunk: reading.chunk, reason: reading.reason, askedAt: found.askedAt, answeredAt: nil))
                }
            }
        }
    }

    /// The loaded chunk of an entity.
    ///
    /// Readings by key are made again, since their label does not name the keys.
    private func find(_ chunk: Chunk, of entity: EntityDefinition) -> RunLog.LoadedChunk? {
        if case .parents = chunk { return nil }
        return chunks.first { $0.entity == entity.name && $0.chunk == chunk.description }
    }
}
