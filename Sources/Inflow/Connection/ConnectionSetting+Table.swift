/// The table of settings: every default of a connection is written here, once.
extension ConnectionSetting {
    // MARK: without a default

    private static let accountID = ConnectionSetting(
        "account-id", defaultText: "", help: "the organisation's identifier at the platform", at: \.accountID, .text)
    private static let clientID = ConnectionSetting(
        "client-id", defaultText: "", help: "OAuth client id", at: \.clientID, .text)
    private static let timeZone = ConnectionSetting(
        "time-zone", defaultText: "this machine's", help: "IANA zone whose calendar the organisation keeps",
        at: \.timeZone, .timeZone)
    private static let firstDate = ConnectionSetting(
        "first-date", defaultText: "1 January ten years before it was added",
        help:
            "first day from which leads and jobs are listed, yyyy-MM-dd; older jobs are read where a document names them",
        at: \.firstDate, .day)

    // MARK: with a default

    static let apiURL = TypedSetting.address(
        "api-url", default: "https://api.workflowmax2.com",
        help: "base address of the data")
    static let tokenURL = TypedSetting.address(
        "token-url", default: "https://oauth.workflowmax.com/oauth/token",
        help: "address of the token endpoint")
    static let authoriseURL = TypedSetting.address(
        "authorise-url", default: "https://oauth.workflowmax.com/oauth/authorize",
        help: "address of the consent page")
    static let fiscalYearStart = TypedSetting.number(
        "fiscal-year-start", default: 1, in: 1...12,
        help: "month in which the year begins, 1 to 12")
    static let callsAtOnce = TypedSetting.number(
        "calls-at-once", default: 5, in: 0...1000,
        help: "most calls in flight, 0 for no limit")
    static let callsPerMinute = TypedSetting.number(
        "calls-per-minute", default: 60, in: 0...100_000,
        help: "most calls in any 60 seconds, 0 for no limit")
    static let callsPerDay = TypedSetting.number(
        "calls-per-day", default: 5000, in: 0...10_000_000,
        help: "most calls in any 24 hours, 0 for no limit")
    static let firstByteSeconds = TypedSetting.number(
        "first-byte-seconds", default: 180, in: 1...3600,
        help: "seconds an answer may take to begin")
    static let quotaReserve = TypedSetting.number(
        "quota-reserve", default: 500, in: 0...10_000_000,
        help: "calls of the day that background work leaves to other runs; at most half of the day")
    /// The length of a minute of calls, in seconds.
    public static let minuteSeconds = TypedSetting.number(
        "minute-seconds", default: 60, in: 1...3600,
        help: "seconds that count as a minute for calls-per-minute")
    /// The length of a day of calls, in seconds.
    public static let daySeconds = TypedSetting.number(
        "day-seconds", default: 86_400, in: 1...604_800,
        help: "seconds that count as a day for calls-per-day")
    static let jobStatusList = TypedSetting.choice(
        "job-status-list", default: false,
        help: "yes: job states come from the V2 list; no: derived from jobs")
    static let windowMonths = TypedSetting.number(
        "window-months", default: 2, in: 1...120,
        help: "calendar months a Sync All reads of each dated entity, this month included")
    static let rotationDays = TypedSetting.number(
        "rotation-days", default: 30, in: 0...3650,
        help: "days within which Inflow checks every loaded month again, 0 for never")
    static let wholeDays = TypedSetting.number(
        "whole-days", default: 7, in: 1...365,
        help: "days after which Inflow reads all jobs, clients, leads and client groups again")
    static let lateEntryDays = TypedSetting.number(
        "late-entry-days", default: 1, in: 0...365,
        help: "days after a day's end within which people still enter its records; a reading sent later completes it")
    static let overlapHours = TypedSetting.number(
        "overlap-hours", default: 24, in: 24...720,
        help: "hours by which each request for changes overlaps the one before")
    static let brakePercent = TypedSetting.number(
        "brake-percent", default: 10, in: 0...100,
        help: "Inflow holds deletions of more than this share (percent) of a span's rows")
    static let brakeRows = TypedSetting.number(
        "brake-rows", default: 5, in: 0...1_000_000,
        help: "Inflow never holds deletions of up to this number of rows of a span")
    static let brakeRunRows = TypedSetting.number(
        "brake-run-rows", default: 100, in: 0...10_000_000,
        help: "Inflow holds all deletions of a run above this number of rows")
    static let brakeWeekRows = TypedSetting.number(
        "brake-week-rows", default: 300, in: 0...10_000_000,
        help: "Inflow holds deletions that would make more than this number of rows in seven days")
    static let absenceDays = TypedSetting.number(
        "absence-days", default: 1, in: 0...365,
        help: "days between two lists that both lack a row without a read by key, before it counts as gone")
    static let archive = TypedSetting.choice(
        "archive", default: true,
        help: "yes: Inflow keeps each answer as it came, compressed")
    static let archiveDays = TypedSetting.number(
        "archive-days", default: 90, in: 0...100_000,
        help: "days for which Inflow keeps an answer after a later one replaced it, 0 for ever")
    static let historyDays = TypedSetting.number(
        "history-days", default: 0, in: 0...100_000,
        help: "days for which Inflow keeps a replaced version of a record, 0 for ever")
    static let rejectionDays = TypedSetting.number(
        "rejection-days", default: 0, in: 0...100_000,
        help: "days for which Inflow keeps rejections and unknown elements, 0 for ever")
    static let readerSeconds = TypedSetting.number(
        "reader-seconds", default: 300, in: 0...86_400,
        help: "seconds a statement of its reader may take, 0 for no limit")
    static let readerSessions = TypedSetting.number(
        "reader-sessions", default: 20, in: 1...1000,
        help: "sessions its reader may have at once")
    /// The life of an unused refresh token, in days; SQL that needs it takes name and default from here.
    public static let refreshTokenDays = TypedSetting.number(
        "refresh-token-days", default: 60, in: 2...3650,
        help: "days after which an unused refresh token expires at the platform")
    static let redirectURL = TypedSetting.redirect(
        "redirect-url", default: "",
        help: "where the consent page sends the browser back to; empty: this machine")
    static let values = TypedSetting.kinds(
        "values", default: ValueKind.usual,
        help: "what Inflow reads by one call for each record, in order of worth; none: nothing")
    static let perParentPercent = TypedSetting.number(
        "per-parent-percent", default: 60, in: 0...100,
        help: "share (percent) of a day's calls for custom-field values, job costs and payments, 0 for none")
    static let perParentCalls = TypedSetting.number(
        "per-parent-calls", default: 1000, in: 0...1_000_000,
        help: "most calls of one run for custom-field values, job costs and payments")
    static let perParentSyncCalls = TypedSetting.number(
        "per-parent-sync-calls", default: 60, in: 0...1_000_000,
        help: "most such calls at the end of a Sync All; a daemon reads the rest in the background")
    static let perParentDays = TypedSetting.number(
        "per-parent-days", default: 90, in: 0...3650,
        help: "days after which Inflow reads the values of an unchanged record again, 0 for never")
    static let perParentOldCalls = TypedSetting.number(
        "per-parent-old-calls", default: 40, in: 0...1_000_000,
        help: "most calls of one run for values of records that have not changed")
    static let freshnessHours = TypedSetting.number(
        "freshness-hours", default: 30, in: 1...100_000,
        help: "hours after its last complete reading at which a table becomes stale")

    static let pingURL = TypedSetting.ping(
        "ping-url", default: "",
        help:
            "https address that Inflow calls after each good Sync All, so that its absence can raise an alarm; empty: none"
    )

    /// When the digest leaves; the warehouse takes its name from here.
    public static let digest = TypedSetting(
        name: "digest", defaultValue: DigestSchedule.off,
        help: "when a digest of the week leaves by mail, such as monday 08:00 in the connection's zone; off: never",
        form: .digest)
    /// After which runs a mail leaves; the warehouse takes its name from here.
    public static let successMail = TypedSetting(
        name: "success-mail", defaultValue: SuccessMail.off,
        help: "a mail after each Sync All that went well: off, always or only-when-changed", form: .successMail)

    // MARK: all

    /// All settings, in the order `connection show` lists them.
    public static let all: [ConnectionSetting] = [
        accountID,
        clientID,
        apiURL.row(\.apiURL),
        tokenURL.row(\.tokenURL),
        authoriseURL.row(\.authoriseURL),
        timeZone,
        fiscalYearStart.row(\.fiscalYearStart),
        firstDate,
        callsAtOnce.row(\.callsAtOnce),
        callsPerMinute.row(\.callsPerMinute),
        callsPerDay.row(\.callsPerDay),
        firstByteSeconds.row(\.firstByteSeconds),
        quotaReserve.row(\.quotaReserve),
        minuteSeconds.row(\.minuteSeconds),
        daySeconds.row(\.daySeconds),
        jobStatusList.row(\.jobStatusList),
        windowMonths.row(\.windowMonths),
        rotationDays.row(\.rotationDays),
        wholeDays.row(\.wholeDays),
        lateEntryDays.row(\.lateEntryDays),
        overlapHours.row(\.overlapHours),
        brakePercent.row(\.brakePercent),
        brakeRows.row(\.brakeRows),
        brakeRunRows.row(\.brakeRunRows),
        brakeWeekRows.row(\.brakeWeekRows),
        absenceDays.row(\.absenceDays),
        archive.row(\.archive),
        archiveDays.row(\.archiveDays),
        historyDays.row(\.historyDays),
        rejectionDays.row(\.rejectionDays),
        readerSeconds.row(\.readerSeconds),
        readerSessions.row(\.readerSessions),
        refreshTokenDays.row(\.refreshTokenDays),
        redirectURL.row(\.redirectURL),
        values.row(\.values),
        perParentPercent.row(\.perParentPercent),
        perParentCalls.row(\.perParentCalls),
        perParentSyncCalls.row(\.perParentSyncCalls),
        perParentDays.row(\.perParentDays),
        perParentOldCalls.row(\.perParentOldCalls),
        freshnessHours.row(\.freshnessHours),
        pingURL.row(\.pingURL),
        digest.row(\.digest),
        successMail.row(\.successMail),
    ]
}
