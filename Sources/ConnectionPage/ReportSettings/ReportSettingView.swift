internal import Inflow

/// A table of settings as the templates see it.
struct ReportSettingView {
    private let title: String
    private let words: String
    private let columns: [Column]
    private let rows: String
    private let isEmpty: Bool
    private let extent: String?
    private let addAddress: String
    private let csvAddress: String

    private struct Column {
        let name: String
        let isNumber: Bool
    }

    /// Rows that a page shows; the file has all.
    static let mostRows = 1_000

    /// `address` is that of the page; rows lead to their own page where they may be changed.
    init(_ table: SettingTable, _ rows: [[String?]], address: String, mayChange: Bool) {
        let place = "\(address)/\(table.rawValue)"
        (title, words) = (table.title, table.words)
        columns = table.columns.map { Column(name: $0.heading, isNumber: $0.kind.isNumber) }
        self.rows =
            DataRows(
                rows.prefix(ReportSettingView.mostRows).map { row in
                    let link = "\(place)/row?\(ReportSettingView.question(table, row))"
                    return zip(table.columns.indices, row).map { column, text in
                        (text, table.columns[column].kind.isNumber, mayChange && column == 0 ? link : nil)
                    }
                }
            ).html
        isEmpty = rows.isEmpty
        extent =
            rows.count > ReportSettingView.mostRows
            ? "The first \(NumberText.grouped(ReportSettingView.mostRows)) of \(NumberText.grouped(rows.count)) rows; the file has all."
            : nil
        (addAddress, csvAddress) = ("\(place)/row", "\(place)/csv")
    }

    /// The key of a row as an address has it.
    private static func question(_ table: SettingTable, _ row: [String?]) -> String {
        zip(table.columns, row).filter(\.0.isKey).map { "\($0.heading)=\(Address.part($1 ?? ""))" }
            .joined(separator: "&")
    }
}

extension SettingTable {
    /// What the table is called on the page.
    var title: String {
        switch self {
        case .staffRate: "Rates of people"
        case .staffCapacity: "Capacity of people"
        case .leaveJob: "Jobs for leave"
        case .closedState: "States that end a job"
        }
    }

    /// What its rows mean for the reports.
    var words: String {
        switch self {
        case .staffRate:
            "What an hour of a person costs, and what it is sold for, from a day on until the person's next row."
        case .staffCapacity:
            "How long a person works on each weekday, and how much of it is to be billable, from a day on until the "
                + "person's next row. Who leaves has a last row without hours."
        case .leaveJob:
            "Jobs on which people enter leave: their time lowers capacity, and is neither work nor work in progress."
        case .closedState: "States in which nothing more is invoiced: a job in one of them is no work in progress."
        }
    }
}

extension SettingTable.Column.Kind {
    /// Whether its values are numbers.
    var isNumber: Bool {
        switch self {
        case .amount, .hours, .share: true
        case .staff, .job, .state, .day: false
        }
    }

    /// What a person can write.
    var hint: String {
        switch self {
        case .staff: "a name or an identifier"
        case .job: "the number of a job"
        case .state: "a state, in the organisation's words"
        case .day: "a day, such as 2026-03-31"
        case .amount: "of an hour, excluding tax; empty where nobody knows"
        case .hours: "0 to 24"
        case .share: "0 to 1, or a percentage such as 75%; empty for none"
        }
    }
}
