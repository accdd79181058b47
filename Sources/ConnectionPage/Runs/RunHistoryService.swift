public import Foundation
public import Inflow

/// Runs that have been: their history, parts and chunks.
public protocol RunHistoryService: Sendable {
    /// Runs of a connection, the newest first, before a number where one is given, `limit` at most.
    func runs(of connection: String, before: Int64?, limit: Int) async throws -> RunHistory
    /// A run with its parts and chunks; throws a ``PageProblem`` where the connection has none of that number.
    func run(_ number: Int64, of connection: String) async throws -> PastRun
}

/// Runs of a connection.
public struct RunHistory: Sendable, Hashable {
    /// The zone in which times are shown.
    public let zone: TimeZone
    /// Runs, the newest first.
    public let runs: [PastRun.Facts]
    /// The last Sync Alls, the oldest first.
    public let trend: [ConnectionCard.Point]

    /// The runs of a connection.
    public init(zone: TimeZone, runs: [PastRun.Facts], trend: [ConnectionCard.Point]) {
        (self.zone, self.runs, self.trend) = (zone, runs, trend)
    }
}

/// A run of the run log.
public struct PastRun: Sendable, Hashable {
    /// The facts of a run's own row.
    public struct Facts: Sendable, Hashable {
        /// The run's number.
        public var run: Int64
        /// What began it.
        public var trigger: Trigger
        /// What was asked for.
        public var scope: String
        /// How it stands or ended.
        public var status: RunStatus
        /// Whether its process ended without closing it.
        public var isDead = false
        /// When it began.
        public var startedAt: Instant
        /// How long it took or has taken.
        public var seconds: Double?
        /// Records by what became of them.
        public var tally: Tally
        /// Calls made.
        public var calls: Int
        /// Bytes received.
        public var bytes: Int
        /// The process that ran it.
        public var holder: String
        /// The error that it ended with.
        public var error: String?

        /// A run in the run log.
        public init(
            run: Int64, trigger: Trigger, scope: String, status: RunStatus, startedAt: Instant, tally: Tally,
            calls: Int, bytes: Int, holder: String
        ) {
            (self.run, self.trigger, self.scope, self.status) = (run, trigger, scope, status)
            (self.startedAt, self.tally, self.calls) = (startedAt, tally, calls)
            (self.bytes, self.holder) = (bytes, holder)
        }
    }

    /// The run's part for one entity.
    public struct Part: Sendable, Hashable {
        /// The entity's name.
        public let entity: String
        /// How it stands or ended.
        public let status: PartStatus
        /// Records by what became of them.
        public let tally: Tally
        /// Calls made.
        public let calls: Int
        /// What a reader should know, and what went wrong, in words.
        public let words: [String]

        /// A part in the run log.
        public init(entity: String, status: PartStatus, tally: Tally, calls: Int, words: [String]) {
            (self.entity, self.status, self.tally, self.calls, self.words) = (entity, status, tally, calls, words)
        }
    }

    /// A chunk of a run.
    public struct Chunk: Sendable, Hashable {
        /// The entity's name, and the chunk in words.
        public let entity, chunk: String
        /// Whether it was committed.
        public let isLoaded: Bool
        /// When it ended, and how long it took.
        public let endedAt: Instant
        /// From the first try to the commit.
        public let seconds: Double
        /// Records by what became of them.
        public let tally: Tally
        /// How often it was asked for.
        public let tries: Int
        /// The error's words.
        public let error: String?

        /// A chunk in the run log.
        public init(
            entity: String, chunk: String, isLoaded: Bool, endedAt: Instant, seconds: Double, tally: Tally, tries: Int,
            error: String?
        ) {
            (self.entity, self.chunk, self.isLoaded, self.endedAt) = (entity, chunk, isLoaded, endedAt)
            (self.seconds, self.tally, self.tries, self.error) = (seconds, tally, tries, error)
        }
    }

    /// The zone in which times are shown.
    public let zone: TimeZone
    /// The run's own row.
    public let facts: Facts
    /// Its parts, in the order in which they are read.
    public let parts: [Part]
    /// Its chunks, the latest first.
    public let chunks: [Chunk]

    /// A run with all that is known of it.
    public init(zone: TimeZone, facts: Facts, parts: [Part], chunks: [Chunk]) {
        (self.zone, self.facts, self.parts, self.chunks) = (zone, facts, parts, chunks)
    }
}
