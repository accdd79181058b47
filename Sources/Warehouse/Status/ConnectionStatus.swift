public import Foundation
public import Inflow

/// How a connection stands: its schedule, its last runs, its tokens and what is wrong.
public struct ConnectionStatus: Sendable {
    /// A run in a few words.
    public struct Run: Sendable, Hashable, Encodable {
        /// The run's number in the run log.
        public let run: Int64
        /// What began the run: the schedule, or the kind of command a person gave.
        public let trigger: Trigger
        /// How it stands or ended.
        public let status: RunStatus
        /// The instant at which the run began.
        public let startedAt: Instant
        /// The instant at which the run ended; `nil` while it has not.
        public let finishedAt: Instant?
        /// How long it took.
        public let seconds: Double?
        /// The error that the run ended with, in words; `nil` if there was none.
        public let error: String?
        /// Whether its process ended, or fell silent, without closing it.
        public var isDead = false
    }

    /// How current the table of one entity is.
    public struct Entity: Sendable, Hashable {
        /// The entity's name, such as `invoice`.
        public let entity: String
        /// When the last full run began that read it to its end; rejected records do not count against it.
        public let readAt: Instant?
        /// How the last reading of it ended; skipped where no run has come to it yet.
        public let status: PartStatus
        /// When the first full run began that had it in its plan; `nil` where only targeted runs did.
        public var firstAskedAt: Instant?
        /// Whether a Sync All reads all its records only when `whole-days` are over, and its list in between.
        public var isReadNowAndThen = false
    }

    /// The connection's number, `connection_id` in all tables.
    public let id: Int64
    /// The name a person gave the connection; it can be changed.
    public let name: String
    /// The zone whose calendar the organisation keeps; `nil` where this machine does not know it.
    public let zone: TimeZone?
    /// Everything that decides when it is read.
    public let schedule: ScheduleState
    /// When a person paused it.
    public let pausedAt: Instant?
    /// Since when it needs a person's consent: as noted with its tokens, or since a run ended for want of one.
    public let needsConsentAt: Instant?
    /// Why a person must authorise again; `nil` if no one needs to.
    public let consentReason: String?
    /// When the refresh token dies unless it is used before; `nil` where there is none.
    public let tokenEndsAt: Instant?
    /// The last full run that was successful: Last Run.
    public let lastRun: Run?
    /// The newest run of any kind, which may go on.
    public let newestRun: Run?
    /// What is known of each entity that a run ever read, by name.
    public let entities: [Entity]
    /// Records that are not loaded.
    public let rejections: Int
    /// Deletions that wait for a person.
    public let heldDeletions: Int
    /// Calls left of the last 24 hours' budget; `nil` where there is no limit.
    public let callsLeftToday: Int?
    /// Calls left of the last minute's budget; `nil` where there is no limit.
    public let callsLeftThisMinute: Int?
    /// Requests that wait in the queue.
    public let queued: Int
    /// Requests that a worker runs now.
    public let running: Int
    /// Open incidents by kind.
    public let incidents: [String: Int]
    /// The last full run that has ended, successful or not.
    public var lastFullRun: Run?
    /// A request of a person that ended its process too often, where no run has succeeded since.
    public var deadlyRequest: Run?
    /// What this machine cannot read of the connection, each with what Inflow does about it and what a person can do.
    public var problems: [String] = []

    /// Whether scheduled runs are wanted.
    public var isEnabled: Bool { schedule.schedule.isOn }

    /// When the next scheduled run begins; `nil` where it is off, paused or without an anchor.
    public func nextRun(after now: Instant) -> Instant? {
        guard pausedAt == nil, !schedule.isPaused else { return nil }
        return schedule.nextSlot(after: now).map { schedule.begin($0) }
    }

    /// Whole days for which the refresh token is good, 0 once it is not.
    public func tokenDaysLeft(at now: Instant) -> Int? {
        tokenEndsAt.map { max(0, Int(($0.timeIntervalSince(now) / 86_400).rounded(.down))) }
    }

    /// Entities whose last reading failed, of those that exist.
    public func failed(among known: [String]) -> [String] {
        entities.filter { known.contains($0.entity) && $0.status == .failed }.map(\.entity)
    }

    /// The entity that was read to its end longest ago, of those that exist and were asked for; `nil` where there is
    /// none.
    public func stalest(among known: [String]) -> Entity? {
        entities.filter { known.contains($0.entity) }
            .min { ($0.readAt ?? .distantPast, $0.entity) < ($1.readAt ?? .distantPast, $1.entity) }
    }
}
