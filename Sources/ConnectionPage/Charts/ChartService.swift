public import Foundation
public import Inflow

/// The charts of one connection.
public protocol ChartService: Sendable {
    /// What all charts draw, as of now.
    func charts(of connection: String, now: Instant) async throws -> [ChartKind: ChartSight]
    /// The table behind a chart as CSV.
    func csv(_ kind: ChartKind, of connection: String, now: Instant) async throws -> TextStream
}

/// A chart; the raw value stands in addresses.
public enum ChartKind: String, Sendable, CaseIterable {
    /// Invoiced per month, a series for each fiscal year.
    case invoiced
    /// Billable and other hours per month.
    case hours
    /// What billable time is worth that is not invoiced, by age.
    case workInProgress = "work_in_progress"
    /// The share of decided quotes that were won, per month.
    case winRate = "win_rate"
    /// The billable share of each person's time.
    case utilisation
}

/// What a chart draws: bars in groups, a bar of each series in each group.
public struct ChartSight: Sendable, Hashable {
    /// The bars of one colour.
    public struct Series: Sendable, Hashable {
        /// What they are.
        public let words: String
        /// A value for each group; `nil` where there is none.
        public let values: [Decimal?]

        /// Bars of one colour.
        public init(_ words: String, _ values: [Decimal?]) { (self.words, self.values) = (words, values) }
    }

    /// The groups, in order, in words.
    public let groups: [String]
    /// The series, in order.
    public let series: [Series]
    /// What a value is, such as `hours`.
    public let unit: String
    /// Why it cannot be drawn now, in words; `nil` where it can.
    public var problem: String?
    /// What a reader must know of it, in words; empty where nothing.
    public var remarks: [String] = []
    /// The columns of the table behind it.
    public var columns: [TableSight.Column] = []
    /// Its rows, `nil` for null.
    public var rows: [[String?]] = []
    /// How far the records under it are complete.
    public var completeness: [CompletenessLine] = []

    /// What a chart draws.
    public init(groups: [String], series: [Series], unit: String) {
        (self.groups, self.series, self.unit) = (groups, series, unit)
    }
}
