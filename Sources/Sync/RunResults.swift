internal import Inflow

/// What the parts of a run have come to so far, by entity.
struct RunResults: Sendable {
    private(set) var entities: [EntityResult] = []
    /// Why the run was stopped.
    private(set) var stopped: Failure?

    /// Takes in what a plan's chunks came to.
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

    /// Notes what ended a step that is not a chunk.
    mutating func fail(_ entity: String, _ failure: Failure) {
        change(entity) { $0.errors.append(failure.detailedMessage) }
        if stopped == nil, RecoveryPolicy.recovery(for: failure) != .failChunk { stopped = failure }
    }

    /// Notes that the run is to do nothing more.
    mutating func stop(_ failure: Failure) {
        if stopped == nil { stopped = failure }
    }

    /// Notes what deserves a look.
    mutating func warn(_ entity: String, _ words: String) {
        change(entity) { $0.warnings.append(words) }
    }

    /// Changes the result of an entity.
    mutating func change(_ entity: String, _ change: (inout EntityResult) -> Void) {
        guard let place = entities.firstIndex(where: { $0.entity == entity }) else { return }
        change(&entities[place])
    }

    /// Sum over all entities.
    var tally: Tally { entities.reduce(into: Tally()) { $0 += $1.tally } }

    /// What an entity has come to.
    subscript(entity: String) -> EntityResult? { entities.first { $0.entity == entity } }
}
