internal import Inflow

/// The pages of one connection.
enum PageTab: CaseIterable {
    case overview, runs, summaries, charts, tables, query, reportSettings
    case backfill, coverage, deletions, rejections, quality, drift, requests
    case settings, alerts, credentials

    /// The tabs by what they are for, in the order shown.
    static let groups: [(words: String, tabs: [PageTab])] = [
        ("Connection", [.overview, .runs]),
        ("Numbers", [.summaries, .charts, .tables, .query, .reportSettings]),
        ("Completeness", [.backfill, .coverage, .deletions, .rejections, .quality, .drift, .requests]),
        ("Set-up", [.settings, .alerts, .credentials]),
    ]

    /// The tab's name.
    var words: String {
        switch self {
        case .overview: "Overview"
        case .runs: "Runs"
        case .summaries: "Summaries"
        case .charts: "Charts"
        case .tables: "Tables"
        case .query: "Query"
        case .reportSettings: "Report settings"
        case .backfill: "Backfill"
        case .coverage: "Coverage"
        case .deletions: "Held deletions"
        case .rejections: "Rejections"
        case .quality: "Quality"
        case .drift: "Drift"
        case .requests: "Requests"
        case .settings: "Settings"
        case .alerts: "Alerts"
        case .credentials: "Credentials"
        }
    }

    /// Its address below that of the connection.
    var path: String {
        switch self {
        case .overview: ""
        case .deletions: "/deletions"
        case .reportSettings: "/report-settings"
        default: "/" + words.lowercased()
        }
    }

    /// What a visitor needs to see it.
    var right: PageRight {
        switch self {
        case .credentials, .settings, .alerts: .administer
        case .query: .operate
        default: .view
        }
    }
}
