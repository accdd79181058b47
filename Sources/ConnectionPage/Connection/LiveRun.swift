public import Foundation
public import Inflow

/// The newest run of a connection, as it stands now.
public struct LiveRun: Sendable, Hashable {
    /// The run's part for one entity.
    public struct Part: Sendable, Hashable {
        /// The entity's name.
        public let entity: String
        /// How it stands or ended.
        public let status: PartStatus
        /// Chunks that are done, and that are planned.
        public let done, planned: Int
        /// Records given by the platform, new rows, changed rows and rejected records so far.
        public let pulled, inserted, updated, rejected: Int
        /// What went wrong, in words.
        public let error: String?

        /// A part of the run log.
        public init(
            entity: String, status: PartStatus, done: Int, planned: Int, pulled: Int, inserted: Int, updated: Int,
            rejected: Int, error: String?
        ) {
            (self.entity, self.status, self.done, self.planned) = (entity, status, done, planned)
            (self.pulled, self.inserted, self.updated) = (pulled, inserted, updated)
            (self.rejected, self.error) = (rejected, error)
        }
    }

    /// A line of the run's log.
    public struct Line: Sendable, Hashable {
        /// When it was written.
        public let at: Instant
        /// What happened.
        public let words: String
        /// Whether something failed.
        public let isError: Bool

        /// A line at an instant.
        public init(at: Instant, words: String, isError: Bool) {
            (self.at, self.words, self.isError) = (at, words, isError)
        }
    }

    /// A request that ended without a run.
    public struct Unread: Sendable, Hashable {
        /// What was asked for, and why nothing was read, in words.
        public let asked, why: String
        /// When it ended.
        public let at: Instant
        /// Whether something is wrong; else nothing was left to read.
        public let isFault: Bool

        /// A request that nothing was read for.
        public init(asked: String, why: String, at: Instant, isFault: Bool) {
            (self.asked, self.why, self.at, self.isFault) = (asked, why, at, isFault)
        }
    }

    /// The request that ended last without a run; `nil` where a run has begun since.
    public var unread: Unread?
    /// The run's number; `nil` while its request waits in the queue.
    public var run: Int64?
    /// What began it.
    public var trigger: Trigger?
    /// What was asked for, in words.
    public var scope = ""
    /// How it stands or ended; `nil` while its request waits.
    public var status: RunStatus?
    /// Whether its process ended without closing it.
    public var isDead = false
    /// When it began.
    public var startedAt: Instant?
    /// Seconds that it took or has taken.
    public var seconds: Double?
    /// Calls made so far.
    public var calls = 0
    /// Calls that the whole run is expected to make; 0 where nobody knows.
    public var expectedCalls = 0
    /// Seconds that are left; `nil` where nobody knows.
    public var secondsLeft: Double?
    /// Calls that are left of the day's budget; `nil` where there is no limit.
    public var callsLeft: Int?
    /// What the run waits for, in words.
    public var waiting: String?
    /// The error that the run ended with.
    public var error: String?
    /// Requests of the connection that wait in the queue.
    public var queued = 0
    /// Its parts, in the order in which they are read.
    public var parts: [Part] = []
    /// Its newest lines, the newest first.
    public var lines: [Line] = []

    /// Nothing has run yet.
    public init() {}

    /// Whether it goes on.
    var isRunning: Bool { status == .running && !isDead }
}
