internal import Foundation
internal import Inflow
internal import Warehouse

/// A run that the day's quota stopped, and that a later run of the same goes on with.
struct ParkedRun: Sendable {
    /// The first of the runs that went on with each other.
    let run: Int64
    /// What they have loaded.
    let chunks: [RunLog.LoadedChunk]

    /// What of a plan is still to be read.
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

    /// Counts what was loaded before among what a run has loaded: what follows from it is decided over all of it.
    func addLoaded(_ plan: RunPlan, to results: inout RunResults) {
        for part in plan.parts {
            for reading in part.readings {
                guard let found = find(reading.chunk, of: part.entity) else { continue }
                results.change(part.entity.name) {
                    $0.loaded.append(
                        RunBoard.Loaded(
                            chunk: reading.chunk, reason: reading.reason, askedAt: found.askedAt, answeredAt: nil))
                }
            }
        }
    }

    /// Readings by key are made again: their label does not tell of which.
    private func find(_ chunk: Chunk, of entity: EntityDefinition) -> RunLog.LoadedChunk? {
        if case .parents = chunk { return nil }
        return chunks.first { $0.entity == entity.name && $0.chunk == chunk.description }
    }
}

extension RunEngine {
    /// The parked run that a plan goes on with: the last of the same scope, where the quota stopped it.
    func parked(_ plan: RunPlan) async throws(WarehouseError) -> ParkedRun? {
        // A rejected or missing record is looked at once more, whatever was read before.
        guard plan.continuesParked, !plan.trigger.isByKey else { return nil }
        let log = RunLog(warehouse)
        if let run = plan.resumes, let found = try await log.interrupted(run, of: connection) {
            return ParkedRun(run: found.run, chunks: found.chunks)
        }
        let found = try await log.parked(connection, trigger: plan.trigger, scope: plan.scope)
        return found.map { ParkedRun(run: $0.run, chunks: $0.chunks) }
    }

    /// When the quota that stopped a run is free again.
    static func resumeTime(_ stopped: Failure?) -> Instant? {
        guard case .source(let error) = stopped, let seconds = error.retryAfter else { return nil }
        switch RecoveryPolicy.recovery(for: .source(error)) {
        case .stopForQuota, .postpone: return Instant().addingTimeInterval(Double(seconds))
        case .retry, .retryOnce, .failChunk, .failRun, .waitForPerson, .interrupted: return nil
        }
    }
}
