import Foundation
import Inflow
import Records
import Synchronization
import WorkflowMax

/// A source that answers each chunk as a test says, and remembers what it was asked.
struct ScriptedSource: Source {
    /// One thing a chunk's reading comes to.
    enum Step: Sendable {
        /// A batch of the records in an answer's body, which costs one call.
        case records(String)
        /// The reading ends with a failure, which cost one call too.
        case failure(SourceError)
    }

    /// What happened, in order.
    enum Event: Sendable, Hashable {
        /// A chunk's reading began.
        case asked(String)
        /// The batch of this number was taken.
        case batch(Int)
    }

    static var platform: Platform { WorkflowMax.platform }
    static var entities: [EntityDefinition] { WorkflowMax.entities }

    /// Answers a chunk of an entity; the number counts its earlier readings.
    typealias Script = @Sendable (EntityDefinition, Chunk, _ before: Int) -> [Step]

    let events = EventLog()
    private let script: Script

    init(_ script: @escaping Script) { self.script = script }

    func organisation() async throws(SourceError) -> Organisation { Organisation(id: "org-1") }

    func records(of entity: EntityDefinition, in chunk: Chunk) -> ScriptedBatches {
        let label = "\(entity.name), \(chunk)"
        let before = events.count(.asked(label))
        events.note(.asked(label))
        return ScriptedBatches(entity: entity, steps: script(entity, chunk, before), events: events)
    }

    /// How often a chunk was read.
    func readings(of entity: String, _ chunk: Chunk = .whole) -> Int { events.count(.asked("\(entity), \(chunk)")) }

    static func entity(_ name: String) throws -> EntityDefinition {
        guard let found = entities.first(where: { $0.name == name }) else { throw NoEntity(name: name) }
        return found
    }

    struct NoEntity: Error { let name: String }
}

/// What a source was asked and gave, in order.
final class EventLog: Sendable {
    private let kept = Mutex<[ScriptedSource.Event]>([])

    var all: [ScriptedSource.Event] { kept.withLock { $0 } }

    func note(_ event: ScriptedSource.Event) { kept.withLock { $0.append(event) } }

    func count(_ event: ScriptedSource.Event) -> Int { kept.withLock { $0.count { $0 == event } } }
}

/// The batches of one scripted reading.
struct ScriptedBatches: AsyncSequence, Sendable {
    typealias Element = Batch
    typealias Failure = SourceError

    let entity: EntityDefinition
    let steps: [ScriptedSource.Step]
    let events: EventLog

    func makeAsyncIterator() -> Iterator { Iterator(batches: self) }

    struct Iterator: AsyncIteratorProtocol {
        typealias Element = Batch
        typealias Failure = SourceError

        let batches: ScriptedBatches
        private var taken = 0
        private var ordinal = 0

        init(batches: ScriptedBatches) { self.batches = batches }

        mutating func next() async throws(SourceError) -> Batch? { try await next(isolation: nil) }

        mutating func next(isolation _: isolated (any Actor)?) async throws(SourceError) -> Batch? {
            guard taken < batches.steps.count else { return nil }
            defer { taken += 1 }
            switch batches.steps[taken] {
            case .failure(var error):
                error.traffic.calls = 1
                throw error
            case .records(let body):
                batches.events.note(.batch(taken))
                var batch = ScriptedBatches.parse(body, batches.entity, firstOrdinal: ordinal)
                ordinal += batch.count + batch.unreadable.count
                batch.answer.traffic.calls = 1
                batch.answer.answeredAt = Instant(timeIntervalSince1970: 1_700_000_000 + Double(taken))
                return batch
            }
        }
    }

    private static func parse(_ body: String, _ entity: EntityDefinition, firstOrdinal: Int) -> Batch {
        var parser = XMLRecordParser(
            items: entity.endpoint.items, vocabulary: entity.elementNames, firstOrdinal: firstOrdinal)
        do {
            try Array("<Response><Status>OK</Status>\(body)</Response>".utf8).withUnsafeBytes { try parser.feed($0) }
            return try parser.finish().last ?? Batch()
        } catch {
            preconditionFailure("A test's script holds a body that cannot be read: \(error)")
        }
    }
}

extension ScriptedSource.Step {
    /// Job categories by their identifiers.
    static func categories(_ ids: String..., more: String = "") -> Self {
        .records(
            "<Categories>" + ids.map { "<Category><UUID>\($0)</UUID><Name>n</Name>\(more)</Category>" }.joined()
                + "</Categories>")
    }

    /// Members of staff by their identifiers.
    static func staff(_ ids: String...) -> Self {
        .records("<StaffList>" + ids.map { "<Staff><UUID>\($0)</UUID></Staff>" }.joined() + "</StaffList>")
    }

    /// A failure of a code.
    static func failure(_ code: SourceError.Code) -> Self {
        .failure(SourceError(code, subject: "a list", message: "It went wrong."))
    }
}
