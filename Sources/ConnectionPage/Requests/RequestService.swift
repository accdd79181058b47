public import Foundation
public import Inflow

/// What was asked of the platform and what it answered.
public protocol RequestService: Sendable {
    /// The newest archived answers, of one entity or of all, before a number where one is given.
    func answers(of connection: String, entity: String?, before: Int64?, limit: Int) async throws -> RequestFacts
    /// The body of an archived answer, or its beginning.
    func body(_ answer: Int64, of connection: String) async throws -> AnswerBody
    /// Asks the platform for one record; it is one call, and nothing is loaded.
    func ask(_ entity: String, key: String, of connection: String, by: Doer) async throws -> AnswerBody
}

/// Archived answers of a connection.
public struct RequestFacts: Sendable, Hashable {
    /// An answer in the archive.
    public struct Answer: Sendable, Hashable {
        /// Its number in the archive, and the run that asked.
        public let id, run: Int64
        /// The entity, and path and query as they were sent.
        public let entity, asked: String
        /// When it was asked for.
        public let askedAt: Instant
        /// The length of the body.
        public let bytes: Int

        /// An answer as the archive has it.
        public init(id: Int64, run: Int64, entity: String, asked: String, askedAt: Instant, bytes: Int) {
            (self.id, self.run, self.entity, self.asked) = (id, run, entity, asked)
            (self.askedAt, self.bytes) = (askedAt, bytes)
        }
    }

    /// The zone in which times are shown.
    public let zone: TimeZone
    /// Entities, in the order in which they are read.
    public let entities: [String]
    /// Entities that the platform gives one by one.
    public let askable: [String]
    /// The answers, the newest first.
    public let answers: [Answer]
    /// Calls that are left today; `nil` where there is no limit.
    public let callsLeft: Int?
    /// Whether answers are archived at all.
    public let isArchiving: Bool

    /// The answers of a connection.
    public init(
        zone: TimeZone, entities: [String], askable: [String], answers: [Answer], callsLeft: Int?, isArchiving: Bool
    ) {
        (self.zone, self.entities, self.askable, self.answers) = (zone, entities, askable, answers)
        (self.callsLeft, self.isArchiving) = (callsLeft, isArchiving)
    }
}

/// A body as the platform sent it.
public struct AnswerBody: Sendable, Hashable {
    /// What it is the answer to.
    public let title: String
    /// Its text, or the beginning of it.
    public let text: String
    /// Whether there is more of it.
    public let isCut: Bool

    /// A body with a title.
    public init(title: String, text: String, isCut: Bool) {
        (self.title, self.text, self.isCut) = (title, text, isCut)
    }
}
