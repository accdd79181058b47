public import Foundation
public import Inflow

/// Hours and amounts of one connection.
public protocol SummaryService: Sendable {
    /// The figures of a span of days; of this fiscal year where none is given.
    func summaries(_ span: DaySpan?, of connection: String, now: Instant) async throws -> SummarySight
    /// One of the tables as CSV.
    func csv(_ kind: FigureKind, _ span: DaySpan?, of connection: String, now: Instant) async throws -> TextStream
}

/// A span of days, both included.
public struct DaySpan: Sendable, Hashable {
    /// The first and the last day.
    public let from, to: LocalDate

    /// A span of days; `nil` where the first is after the last.
    public init?(from: LocalDate, to: LocalDate) {
        guard from <= to else { return nil }
        (self.from, self.to) = (from, to)
    }
}

/// What hours and amounts are added up by; the raw value stands in addresses.
public enum FigureKind: String, Sendable, CaseIterable {
    /// By calendar month.
    case month
    /// By client.
    case client
    /// By person.
    case staff
    /// By the state of the job today.
    case jobState = "job_state"
}

/// The figures of a span of days.
public struct SummarySight: Sendable, Hashable {
    /// The figures of one month, client, person or state.
    public struct Row: Sendable, Hashable {
        /// The key by which records name it; `nil` for what belongs to none.
        public let key: String?
        /// Its name; `nil` for what belongs to none.
        public let label: String?
        /// Minutes entered, and the billable part of them.
        public let minutes, billableMinutes: Int
        /// What was invoiced, excluding tax; `nil` where it is not known.
        public let amount: Decimal?

        /// The figures of one of them.
        public init(key: String?, label: String?, minutes: Int, billableMinutes: Int, amount: Decimal?) {
            (self.key, self.label, self.minutes) = (key, label, minutes)
            (self.billableMinutes, self.amount) = (billableMinutes, amount)
        }
    }

    /// The days.
    public let span: DaySpan
    /// The rows of each kind, in order.
    public let tables: [FigureKind: [Row]]
    /// How far the records under them are complete, from the first day on.
    public let completeness: [CompletenessLine]

    /// The figures of a span of days.
    public init(span: DaySpan, tables: [FigureKind: [Row]], completeness: [CompletenessLine]) {
        (self.span, self.tables, self.completeness) = (span, tables, completeness)
    }
}
