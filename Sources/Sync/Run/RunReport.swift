public import Inflow

/// How a run ended.
public struct RunReport: Sendable {
    /// Number of the run; 0 of a dry one, which is not in the log.
    public let run: Int64
    /// How the run ended; decides the exit code.
    public let outcome: RunOutcome
    /// Its parts, in loading order.
    public let entities: [EntityResult]
    /// Why it was stopped or failed, in words.
    public let error: String?
    /// What deserves a look although nothing failed, one sentence each.
    public let warnings: [String]
    /// When calls are free again, where the day's quota stopped it.
    public var resumeAt: Instant?
    /// The report of a command that found nothing to read and began no run.
    public static let nothing = RunReport(run: 0, outcome: .green, entities: [], error: nil, warnings: [])

    /// Sum over all parts.
    public var tally: Tally { entities.reduce(into: Tally()) { $0 += $1.tally } }
    /// Sum over all parts.
    public var traffic: Traffic { entities.reduce(into: Traffic()) { $0 += $1.traffic } }
}
