public import Foundation
public import Inflow

/// History that a person asks for.
public struct BackfillWish: Sendable, Hashable {
    /// Entities with dates; none for all of them.
    public let entities: [String]
    /// The first day, included.
    public let first: LocalDate
    /// The last day, included; `nil` for the end of this month.
    public let last: LocalDate?
    /// How much history is one chunk.
    public let size: BackfillPlan.Size

    /// History between two days.
    public init(entities: [String], first: LocalDate, last: LocalDate?, size: BackfillPlan.Size) {
        (self.entities, self.first, self.last, self.size) = (entities, first, last, size)
    }
}

/// What a backfill would read, and what it costs.
public struct BackfillPreview: Sendable, Hashable {
    /// Chunks to read, each with its entities, the newest first.
    public let chunks: [Chunk]
    /// Chunks of the days that the tables hold already.
    public let skipped: Int
    /// Calls expected.
    public let calls: Int
    /// Minutes at the connection's calls a minute; `nil` where there is no limit.
    public let minutes: Int?
    /// Percent of one day's calls; `nil` where there is no limit.
    public let percentOfDay: Int?
    /// Calls that are left today for the next scheduled run afterwards; negative when it takes more than today.
    public let left: Int?
    /// The fewest days that it takes beside the reserve of scheduled runs.
    public let days: Int

    /// A chunk of history.
    public struct Chunk: Sendable, Hashable {
        /// Its days, and the entities that lack something of them.
        public let days, entities: String

        /// A chunk in words.
        public init(days: String, entities: String) {
            (self.days, self.entities) = (days, entities)
        }
    }

    /// A plan and its cost.
    public init(
        chunks: [Chunk], skipped: Int, calls: Int, minutes: Int?, percentOfDay: Int?, left: Int?, days: Int
    ) {
        (self.chunks, self.skipped, self.calls, self.minutes) = (chunks, skipped, calls, minutes)
        (self.percentOfDay, self.left, self.days) = (percentOfDay, left, days)
    }
}

/// How the newest backfill of a connection stands.
public struct BackfillState: Sendable, Hashable {
    /// Where a backfill is.
    public enum Phase: String, Sendable, Hashable, CaseIterable {
        /// Its request waits in the queue.
        case waiting
        /// A worker reads.
        case running
        /// It was asked to stop and has not ended yet.
        case stopping
        /// A person paused it, or it was interrupted: it can go on.
        case paused
        /// It has read everything that was asked for.
        case done
        /// It ended with something that was not read.
        case ended

        /// Whether a person may continue it.
        var canGoOn: Bool { self == .paused || self == .ended }
    }

    /// What was asked for.
    public let wish: BackfillWish
    /// Where it is.
    public let phase: Phase
    /// Chunks that the tables hold, and all chunks of the days.
    public let held, all: Int
    /// Its run, once one has begun.
    public let run: LiveRun?

    /// A backfill and how far it is.
    public init(wish: BackfillWish, phase: Phase, held: Int, all: Int, run: LiveRun?) {
        (self.wish, self.phase, self.held, self.all, self.run) = (wish, phase, held, all, run)
    }
}

/// What the form of a backfill needs to know.
public struct BackfillForm: Sendable, Hashable {
    /// The connection's zone.
    public let zone: TimeZone
    /// Entities with dates, in the order in which they are read.
    public let entities: [String]
    /// The first day that the connection's settings name.
    public let firstDay: LocalDate
    /// The day it is there.
    public let today: LocalDate

    /// What a connection can read of its history.
    public init(zone: TimeZone, entities: [String], firstDay: LocalDate, today: LocalDate) {
        (self.zone, self.entities, self.firstDay, self.today) = (zone, entities, firstDay, today)
    }
}

/// Backfills: planned, started, paused and continued.
public protocol BackfillService: Sendable {
    /// What can be read.
    func form(of connection: String) async throws -> BackfillForm
    /// What a wish would read and cost.
    func preview(_ wish: BackfillWish, of connection: String) async throws -> BackfillPreview
    /// The newest backfill that was started on a page or through the API; `nil` where none was.
    func state(of connection: String) async throws -> BackfillState?
    /// Puts a backfill into the queue; throws a ``PageProblem`` while another waits or runs.
    func start(_ wish: BackfillWish, of connection: String, by: Doer) async throws
    /// Asks the backfill that runs to stop; what it has read stays, and it can go on.
    func pause(of connection: String, by: Doer) async throws
}
