/// A table of schema `setting`: what reports need, the platform does not give, and people keep.
///
/// The raw value is the table's name. Each has a form as a file of comma-separated values, whose first line names the
/// columns by their headings, in any order.
public enum SettingTable: String, CaseIterable, Sendable {
    /// What an hour of a person costs, and what it is sold for, from a day on.
    case staffRate = "staff_rate"
    /// How long a person works on each weekday, and how much of it is to be billable, from a day on.
    case staffCapacity = "staff_capacity"
    /// Jobs on which people enter leave.
    case leaveJob = "leave_job"
    /// States of jobs in which nothing more is invoiced.
    case closedState = "closed_state"

    /// One column of the table and of the file.
    public struct Column: Sendable, Hashable {
        /// What its values are.
        public enum Kind: Sendable, Hashable {
            /// A person; in the file by name or identifier, in the table by identifier.
            case staff
            /// A job, by number.
            case job
            /// A state of jobs, in the organisation's own words.
            case state
            /// A day.
            case day
            /// An amount of money of at least 0; empty where nobody knows.
            case amount
            /// Hours of a day, 0 to 24; empty is 0.
            case hours
            /// A share of 0 to 1, or a percentage; empty where there is none.
            case share
        }

        /// Its name in the file.
        public let heading: String
        /// Its name in the table.
        public let name: String
        /// What its values are.
        public let kind: Kind
        /// Whether it is part of the table's key, beside the connection.
        public let isKey: Bool

        init(_ heading: String, _ kind: Kind, name: String? = nil, isKey: Bool = false) {
            self.heading = heading
            self.name = name ?? heading
            self.kind = kind
            self.isKey = isKey
        }
    }

    /// The columns beside the connection, in the order of the table.
    public var columns: [Column] {
        switch self {
        case .staffRate:
            SettingTable.person + [Column("cost_rate", .amount), Column("charge_rate", .amount)]
        case .staffCapacity:
            SettingTable.person + SettingTable.weekdays.map { Column("\($0)_hours", .hours) }
                + [Column("target_share", .share)]
        case .leaveJob: [Column("job_number", .job, isKey: true)]
        case .closedState: [Column("state", .state, isKey: true)]
        }
    }

    private static let person = [
        Column("staff", .staff, name: "staff_uuid", isKey: true), Column("valid_from", .day, isKey: true),
    ]
    private static let weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

    /// The table whose headings these are, without regard to order and case; `nil` where they are of none.
    public static func named(by headings: [String]) -> SettingTable? {
        let given = headings.map { $0.lowercased() }.sorted()
        return allCases.first { $0.columns.map(\.heading).sorted() == given }
    }
}
