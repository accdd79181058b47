internal import Foundation
internal import Inflow

/// The results of a run's parts so far, by entity, and the outcome that follows.
struct RunResults: Sendable {
    private(set) var entities: [EntityResult] = []
    /// Why the run was stopped.
    private(set) var stopped: Failure?

    /// Adds the results of a plan's chunks to those that the entities have.
    mutating func add(_ later: [EntityResult], _ failure: Failure?) {
        for result in later {
            if let place = entities.firstIndex(where: { $0.entity == result.entity }) {
                entities[place].add(result)
            } else {
                entities.append(result)
            }
        }
        if stopped == nil { stopped = failure }
    }

    /// Adds the results of a later part of the run.
    mutating func add(_ later: RunResults) { add(later.entities, later.stopped) }

    /// Adds the failure of a step that is not a chunk to an entity's errors; stops the run where the policy says so.
    mutating func fail(_ entity: String, _ failure: Failure) {
        change(entity) { $0.errors.append(failure.detailedMessage) }
        if stopped == nil, ![.failChunk, .failEntity].contains(RecoveryPolicy.recovery(for: failure)) {
            stopped = failure
        }
    }

    /// Stops the run; the first failure that does so stays the reason.
    mutating func stop(_ failure: Failure) {
        if stopped == nil { stopped = failure }
    }

    /// Adds a warning to an entity: something deserves a look although nothing failed.
    mutating func warn(_ entity: String, _ words: String) {
        change(entity) { $0.warnings.append(words) }
    }

    /// Changes the result of an entity; an entity without one is left alone.
    mutating func change(_ entity: String, _ change: (inout EntityResult) -> Void) {
        guard let place = entities.firstIndex(where: { $0.entity == entity }) else { return }
        change(&entities[place])
    }

    /// Sum over all entities.
    var tally: Tally { entities.reduce(into: Tally()) { $0 += $1.tally } }

    /// The result of an entity so far.
    subscript(entity: String) -> EntityResult? { entities.first { $0.entity == entity } }
}

extension RunResults {
    /// How a run with these results ends.
    ///
    /// What stopped it counts first, then errors, then rejections, then warnings.
    var outcome: RunOutcome {
        if let stopped {
            switch RecoveryPolicy.recovery(for: stopped) {
            case .interrupted: return .interrupted
            case .waitForPerson: return .consent
            case .stopForQuota, .postpone: return .quota
            case .retry, .retryOnce, .failChunk, .failEntity, .failRun: return .failed
            }
        }
        if entities.contains(where: { !$0.errors.isEmpty }) { return .failed }
        if entities.contains(where: \.isRejecting) { return .rejections }
        return entities.contains { $0.isWarning } ? .warnings : .green
    }

    /// Why the run was stopped, or else the first error of each entity, one a line; `nil` when there is none.
    ///
    /// Where other entities were read, the first line says that the run failed in part.
    var error: String? {
        if let stopped { return stopped.detailedMessage }
        let errors = entities.flatMap { entity in entity.errors.prefix(1).map { "\(entity.entity): \($0)" } }
        guard !errors.isEmpty else { return nil }
        let read = entities.count - errors.count
        let first =
            read > 0 ? ["Failed in part: \(errors.count) of \(entities.count) entities; the others were read."] : []
        return (first + errors).joined(separator: "\n")
    }

    /// When the quota that stopped the run is free again; `nil` where the platform did not say, or no quota stopped it.
    var resumeTime: Instant? {
        guard case .source(let error) = stopped, let seconds = error.retryAfter else { return nil }
        switch RecoveryPolicy.recovery(for: .source(error)) {
        case .stopForQuota, .postpone: return Instant().addingTimeInterval(Double(seconds))
        case .retry, .retryOnce, .failChunk, .failEntity, .failRun, .waitForPerson, .interrupted: return nil
        }
    }
}
