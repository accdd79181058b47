public import Foundation

/// One organisation at one platform, with its settings and its place in the warehouse.
///
/// Its secrets are not part of it: they stay in the warehouse, encrypted, and are asked for where they are used.
public struct Connection: Sendable, Hashable {
    /// Its number: the first column of every record's key.
    public let id: Int64
    /// The name a person gave it.
    public let name: String
    /// Its settings.
    public var settings: ConnectionSettings
    /// When a person paused it; `nil` while it may be read.
    public var pausedAt: Date?
    /// When its removal began; `nil` unless a removal is in hand or was interrupted.
    public var removalBeganAt: Date?

    /// A connection from its parts.
    public init(id: Int64, name: String, settings: ConnectionSettings) {
        self.id = id
        self.name = name
        self.settings = settings
    }
}

/// What a person may change about a connection.
public struct ConnectionSettings: Sendable, Hashable {
    /// The platform's identifier of the organisation, sent as `account_id`.
    public var accountID: String
    /// OAuth client id of the registered application.
    public var clientID: String
    /// Base address of the data.
    public var apiURL = "https://api.workflowmax2.com"
    /// Address of the token endpoint.
    public var tokenURL = "https://oauth.workflowmax.com/oauth/token"
    /// Address of the consent page.
    public var authoriseURL = "https://oauth.workflowmax.com/oauth/authorize"
    /// The zone whose calendar the organisation keeps.
    public var timeZone: TimeZone
    /// Month (1–12) in which the organisation's year begins.
    public var fiscalYearStart = 1
    /// Lists that the platform gives only by window (leads) are read from this day on.
    public var firstDate: LocalDate
    /// Calls in flight at most; 0 is no limit of ours.
    public var callsAtOnce = 5
    /// Calls in any 60 seconds at most; 0 is no limit of ours.
    public var callsPerMinute = 60
    /// Calls in any 24 hours at most; 0 is no limit of ours.
    public var callsPerDay = 5000
    /// Seconds an answer may take to begin.
    public var firstByteSeconds = 180
    /// Length of the minute of ``callsPerMinute`` in seconds.
    public var minuteSeconds = 60
    /// Length of the day of ``callsPerDay`` in seconds.
    public var daySeconds = 86_400
    /// Calls of the day that background work leaves to scheduled runs and to people.
    public var quotaReserve = 500
    /// Whether job states are read from the V2 list instead of being derived from jobs.
    public var jobStatusList = false
    /// Calendar months a Sync All reads of each dated entity, the current one included.
    public var windowMonths = 2
    /// Days within which every month once loaded is verified again; 0 for never.
    public var rotationDays = 30
    /// Days after which an entity that is read by what changed is read whole again.
    public var wholeDays = 7
    /// Hours taken off a watermark, for what was written late; at least a day.
    public var overlapHours = 24
    /// Share of a span's rows (percent) above which deletions are held for a person.
    public var brakePercent = 10
    /// Rows of a span up to which deletions are never held.
    public var brakeRows = 5
    /// Deletions of a run above which all of them are held.
    public var brakeRunRows = 100
    /// Whether answers are kept as they came.
    public var archive = true
    /// Days for which an answer is kept after a later one superseded it; 0 is for ever.
    public var archiveDays = 90
    /// Days for which a superseded version of a record is kept; 0 is for ever.
    public var historyDays = 0
    /// Days for which rejections and notes of unknown elements are kept; 0 is for ever.
    public var rejectionDays = 0
    /// Seconds a statement of the connection's reader may take unless the reader says otherwise; 0 for no limit.
    public var readerSeconds = 300
    /// Sessions the connection's reader may have at once.
    public var readerSessions = 10
    /// Days after its issue when an idle refresh token dies.
    public var refreshTokenDays = 60
    /// Where the consent page sends the browser back to; empty is this machine.
    public var redirectURL = ""
    /// Share (percent) of a day's calls for what costs one call per record: custom-field values, job costs, payments.
    public var perParentPercent = 40
    /// Such calls of one run at most.
    public var perParentCalls = 1000
    /// Days after which a record's values are read again although it did not change; 0 for never.
    public var perParentDays = 90
    /// Hours since its last complete reading after which a table counts as stale.
    public var freshnessHours = 30

    /// Settings with their defaults.
    public init(accountID: String, clientID: String, timeZone: TimeZone, firstDate: LocalDate) {
        self.accountID = accountID
        self.clientID = clientID
        self.timeZone = timeZone
        self.firstDate = firstDate
    }
}

/// One setting of a connection as `connection set` and `connection show` know it.
public struct ConnectionSetting: Sendable {
    /// Its name on the command line.
    public let key: String
    /// What it is, with its unit.
    public let summary: String
    /// Its default, as text; empty where there is none.
    public let standard: String
    /// Its present value as text.
    public let read: @Sendable (ConnectionSettings) -> String
    /// Sets it from text; returns what is wrong with the text, or `nil`.
    public let write: @Sendable (inout ConnectionSettings, String) -> String?

    /// Settings that have a column of their own in the warehouse; the others are kept together, by key.
    public static let columns: Set<String> = [
        "account-id", "client-id", "api-url", "token-url", "authorise-url", "time-zone", "fiscal-year-start",
        "first-date",
        "calls-at-once", "calls-per-minute", "calls-per-day", "first-byte-seconds", "job-status-list",
    ]

    /// All settings, in the order they are shown.
    public static let all: [ConnectionSetting] = [
        text("account-id", "the organisation's identifier at the platform", "", \.accountID),
        text("client-id", "OAuth client id", "", \.clientID),
        address("api-url", "base address of the data", \.apiURL),
        address("token-url", "address of the token endpoint", \.tokenURL),
        address("authorise-url", "address of the consent page", \.authoriseURL),
        ConnectionSetting(
            key: "time-zone", summary: "IANA zone whose calendar the organisation keeps", standard: "this machine's",
            read: { $0.timeZone.identifier },
            write: { settings, text in
                guard let zone = TimeZone(identifier: text) else {
                    return "\"\(text)\" is not an IANA time zone such as Pacific/Auckland"
                }
                settings.timeZone = zone
                return nil
            }),
        number("fiscal-year-start", "month in which the year begins, 1 to 12", "1", 1...12, \.fiscalYearStart),
        ConnectionSetting(
            key: "first-date", summary: "leads are read from this day on, yyyy-MM-dd",
            standard: "1 January ten years before it was added", read: { $0.firstDate.description },
            write: { settings, text in
                guard let day = LocalDate(text) else { return "\"\(text)\" is not a date as yyyy-MM-dd" }
                settings.firstDate = day
                return nil
            }),
        number("calls-at-once", "calls in flight at most, 0 for no limit", "5", 0...1000, \.callsAtOnce),
        number(
            "calls-per-minute", "calls in any 60 seconds at most, 0 for no limit", "60", 0...100_000, \.callsPerMinute),
        number("calls-per-day", "calls in any 24 hours at most, 0 for no limit", "5000", 0...10_000_000, \.callsPerDay),
        number("first-byte-seconds", "seconds an answer may take to begin", "180", 1...3600, \.firstByteSeconds),
        number(
            "quota-reserve", "calls of the day that background work leaves to other runs; at most half of the day",
            "500", 0...10_000_000, \.quotaReserve),
        number(
            "minute-seconds", "length in seconds of the minute of calls-per-minute", "60", 1...3600, \.minuteSeconds),
        number("day-seconds", "length in seconds of the day of calls-per-day", "86400", 1...604_800, \.daySeconds),
        choice(
            "job-status-list", "yes: job states come from the V2 list; no: derived from jobs", "no", \.jobStatusList),
        number(
            "window-months", "calendar months a Sync All reads of each dated entity, this month included", "2", 1...120,
            \.windowMonths),
        number(
            "rotation-days", "days within which every month once loaded is verified again, 0 for never", "30", 0...3650,
            \.rotationDays),
        number(
            "whole-days", "days after which jobs and clients are read whole again", "7", 1...365, \.wholeDays),
        number(
            "overlap-hours", "hours taken off the time since which changes are asked for", "24", 24...720,
            \.overlapHours),
        number(
            "brake-percent", "deletions of more than this share (percent) of a span's rows are held", "10", 0...100,
            \.brakePercent),
        number("brake-rows", "and of more than so many of its rows", "5", 0...1_000_000, \.brakeRows),
        number(
            "brake-run-rows", "deletions of more than so many rows in one run are held", "100", 0...10_000_000,
            \.brakeRunRows),
        choice("archive", "yes: answers are kept as they came, compressed", "yes", \.archive),
        number(
            "archive-days", "days an answer is kept after a later one superseded it, 0 for ever", "90", 0...100_000,
            \.archiveDays),
        number(
            "history-days", "days a superseded version of a record is kept, 0 for ever", "0", 0...100_000,
            \.historyDays),
        number(
            "rejection-days", "days rejections and unknown elements are kept on record, 0 for ever", "0", 0...100_000,
            \.rejectionDays),
        number(
            "reader-seconds", "seconds a statement of its reader may take, 0 for no limit", "300", 0...86_400,
            \.readerSeconds),
        number("reader-sessions", "sessions its reader may have at once", "10", 1...1000, \.readerSessions),
        number(
            "refresh-token-days", "days after which the platform lets an idle refresh token die", "60", 2...3650,
            \.refreshTokenDays),
        ConnectionSetting(
            key: "redirect-url", summary: "where the consent page sends the browser back to; empty: this machine",
            standard: "", read: { $0.redirectURL },
            write: { settings, text in
                guard !text.isEmpty else {
                    settings.redirectURL = ""
                    return nil
                }
                guard let url = URL(string: text), url.scheme == "https" || url.scheme == "http", url.host != nil,
                    url.query == nil, url.fragment == nil
                else { return "\"\(text)\" is not an http or https address without a query" }
                settings.redirectURL = text
                return nil
            }),
        number(
            "per-parent-percent",
            "share (percent) of a day's calls for custom-field values, job costs and payments, 0 for none", "40",
            0...100, \.perParentPercent),
        number("per-parent-calls", "such calls of one run at most", "1000", 0...1_000_000, \.perParentCalls),
        number(
            "per-parent-days", "days after which values of an unchanged record are read again, 0 for never", "90",
            0...3650, \.perParentDays),
        number(
            "freshness-hours", "hours since its last complete reading after which a table is told of as stale", "30",
            1...100_000, \.freshnessHours),
    ]

    private static func text(
        _ key: String, _ summary: String, _ standard: String,
        _ path: any WritableKeyPath<ConnectionSettings, String> & Sendable
    ) -> ConnectionSetting {
        ConnectionSetting(
            key: key, summary: summary, standard: standard, read: { $0[keyPath: path] },
            write: { settings, text in
                guard !text.isEmpty else { return "it must not be empty" }
                settings[keyPath: path] = text
                return nil
            })
    }

    private static func choice(
        _ key: String, _ summary: String, _ standard: String,
        _ path: any WritableKeyPath<ConnectionSettings, Bool> & Sendable
    ) -> ConnectionSetting {
        ConnectionSetting(
            key: key, summary: summary, standard: standard, read: { $0[keyPath: path] ? "yes" : "no" },
            write: { settings, text in
                switch text.lowercased() {
                case "yes", "true": settings[keyPath: path] = true
                case "no", "false": settings[keyPath: path] = false
                default: return "\"\(text)\" is neither yes nor no"
                }
                return nil
            })
    }

    private static func address(
        _ key: String, _ summary: String, _ path: any WritableKeyPath<ConnectionSettings, String> & Sendable
    ) -> ConnectionSetting {
        let example = ConnectionSettings(
            accountID: "", clientID: "", timeZone: .gmt, firstDate: LocalDate(daysSinceEpoch: 0))
        return ConnectionSetting(
            key: key, summary: summary, standard: example[keyPath: path], read: { $0[keyPath: path] },
            write: { settings, text in
                guard let url = URL(string: text), url.scheme == "https" || url.scheme == "http", url.host != nil else {
                    return "\"\(text)\" is not an http or https address"
                }
                settings[keyPath: path] = text.hasSuffix("/") ? String(text.dropLast()) : text
                return nil
            })
    }

    private static func number(
        _ key: String, _ summary: String, _ standard: String, _ range: ClosedRange<Int>,
        _ path: any WritableKeyPath<ConnectionSettings, Int> & Sendable
    ) -> ConnectionSetting {
        ConnectionSetting(
            key: key, summary: summary, standard: standard, read: { String($0[keyPath: path]) },
            write: { settings, text in
                guard let number = Int(text), range.contains(number) else {
                    return "\"\(text)\" is not a whole number from \(range.lowerBound) to \(range.upperBound)"
                }
                settings[keyPath: path] = number
                return nil
            })
    }
}
