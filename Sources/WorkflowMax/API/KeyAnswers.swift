internal import Inflow

/// What the reads by key of one chunk came to, key by key, until the next batch takes it along.
///
/// Only a chunk that was given its keys has refusals: where the keys come from a list that the same chunk has read, each
/// of them must be given, and a refusal is an error like any other.
struct KeyAnswers {
    private let isByKey: Bool
    private let isPerParent: Bool
    private let keyReader: KeyReader
    private var answers: [KeyAnswer] = []
    private var parents: [AnsweredParent] = []
    /// Whether the answer in hand holds the record that was asked for, or another one.
    private var holds: (asked: Bool, other: Bool) = (false, false)

    /// Nothing yet; records are told by the value that the entity's call for one record takes.
    init(_ entity: EntityDefinition, _ chunk: Chunk, vocabulary: [String]) {
        isByKey = if case .parents = chunk { true } else { false }
        isPerParent = entity.isPerParent
        let column = entity.get?.keyColumn ?? entity.key.first
        keyReader = KeyReader(column.map { [$0] } ?? [], of: entity, vocabulary: vocabulary)
    }

    /// Whether nothing is to be handed over.
    var isEmpty: Bool { answers.isEmpty && parents.isEmpty }

    /// Takes an error that is a refusal of the one key asked for; `false` where it is a failed call.
    mutating func take(_ error: SourceError, to request: APIRequest) -> Bool {
        guard isByKey, let key = request.key, let denial = error.denial(of: key) else { return false }
        // A list of values that does not understand the request would not understand it for any record.
        if isPerParent, error.code == .badRequest { return false }
        holds = (false, false)
        note(key, .denied(denial))
        return true
    }

    /// Looks whether a batch of the answer in hand holds the record that was asked for.
    mutating func look(at batch: borrowing Batch, to request: APIRequest) {
        guard isByKey, !isPerParent, let asked = request.key else { return }
        for record in batch.records.indices {
            let key = keyReader.key(of: record, in: batch).map { String(decoding: $0, as: UTF8.self) } ?? ""
            if KeyAnswers.isSame(key, asked) { holds.asked = true } else { holds.other = true }
        }
        if !batch.unreadable.isEmpty { holds.other = true }
    }

    /// Notes how the answer in hand ended; `pulled` is how many records it held.
    mutating func end(_ request: APIRequest, pulled: Int) {
        defer { holds = (false, false) }
        guard isByKey, let key = request.key else { return }
        if isPerParent {
            parents.append(AnsweredParent(key: key, isKnown: true))
        } else if pulled == 0 {
            note(key, .denied(.empty))
        } else {
            note(key, holds == (true, false) ? .found : .unclear("the answer holds another record"))
        }
    }

    private mutating func note(_ key: String, _ outcome: KeyAnswer.Outcome) {
        answers.append(KeyAnswer(key: key, outcome: outcome))
        if isPerParent { parents.append(AnsweredParent(key: key, isKnown: false)) }
    }

    /// Hands over what was noted, and forgets it.
    mutating func takeAll() -> (parents: [AnsweredParent], answers: [KeyAnswer]) {
        defer { (parents, answers) = ([], []) }
        return (parents, answers)
    }

    /// Keys are compared without white space around them and without regard to case, as the platform compares them.
    private static func isSame(_ left: String, _ right: String) -> Bool {
        func folded(_ key: String) -> [String.SubSequence] { key.lowercased().split(whereSeparator: \.isWhitespace) }
        return folded(left) == folded(right)
    }
}
