public import Inflow

/// How connections stand, and their schedules.
public protocol ConnectionService: Sendable {
    /// The number of a connection, which no other ever has; throws a ``PageProblem`` where there is none of that name.
    func number(of name: String) async throws -> Int64
    /// All connections, by name.
    func cards(now: Instant) async throws -> [ConnectionCard]
    /// One connection; throws a ``PageProblem`` where there is none of that name.
    func overview(of name: String, counted: RecordCounts, now: Instant) async throws -> ConnectionOverview
    /// Counts the rows of each entity now; looks through the tables.
    func counts(of name: String) async throws -> RecordCounts
    /// Changes the schedule.
    func change(_ schedule: ScheduleChange, of name: String, by: Doer) async throws
    /// Refreshes the tokens now.
    func refreshToken(of name: String, by: Doer) async throws
}

/// What a person changes about a schedule.
public enum ScheduleChange: Sendable, Hashable {
    /// Switched on or off, a time of day, a zone, and whether a Sync All leaves the time alone.
    case set(isOn: Bool, time: String?, zone: String?, isPinned: Bool)
    /// No scheduled run begins.
    case pause
    /// Scheduled runs begin again.
    case resume
}
