public import Foundation

/// What a person may change about a connection.
///
/// A setting appears in three places, each with one job. The table in ``ConnectionSetting`` gives its name, its
/// default, its range and its help. A property here gives its value to the code that works by it. One line of
/// ``ConnectionSetting/all`` connects the two. The default is written in the table and nowhere else: the property takes
/// it from there, the warehouse stores only values that differ from it, and a statement that must read a setting in SQL
/// receives name and default as parameters. So a changed default reaches every connection that never set the value.
///
/// Four values have no default: the organisation, the client, the time zone and the first date. They belong to one
/// organisation, so `connection add` asks for them or takes them from this machine.
public struct ConnectionSettings: Sendable, Hashable {
    /// The platform's identifier of the organisation, sent as `account_id`.
    public var accountID: String
    /// OAuth client id of the registered application.
    public var clientID: String
    /// Base address of the data.
    public var apiURL: String = ConnectionSetting.apiURL.defaultValue
    /// Address of the token endpoint.
    public var tokenURL: String = ConnectionSetting.tokenURL.defaultValue
    /// Address of the consent page.
    public var authoriseURL: String = ConnectionSetting.authoriseURL.defaultValue
    /// The zone whose calendar days and months the organisation works by.
    public var timeZone: TimeZone
    /// Month (1–12) in which the organisation's year begins.
    public var fiscalYearStart: Int = ConnectionSetting.fiscalYearStart.defaultValue
    /// The first day of the lists of leads and of all jobs.
    public var firstDate: LocalDate
    /// Calls in flight at most; 0 is no limit.
    public var callsAtOnce: Int = ConnectionSetting.callsAtOnce.defaultValue
    /// Calls in any 60 seconds at most; 0 is no limit.
    public var callsPerMinute: Int = ConnectionSetting.callsPerMinute.defaultValue
    /// Calls in any 24 hours at most; 0 is no limit.
    public var callsPerDay: Int = ConnectionSetting.callsPerDay.defaultValue
    /// Seconds from the request until the first byte of its answer must arrive.
    public var firstByteSeconds: Int = ConnectionSetting.firstByteSeconds.defaultValue
    /// Length of the minute of ``callsPerMinute`` in seconds.
    public var minuteSeconds: Int = ConnectionSetting.minuteSeconds.defaultValue
    /// Length of the day of ``callsPerDay`` in seconds.
    public var daySeconds: Int = ConnectionSetting.daySeconds.defaultValue
    /// Calls of the day that background work leaves to scheduled runs and to people.
    public var quotaReserve: Int = ConnectionSetting.quotaReserve.defaultValue
    /// Whether job states are read from the V2 list instead of being derived from jobs.
    public var jobStatusList: Bool = ConnectionSetting.jobStatusList.defaultValue
    /// Calendar months a Sync All reads of each dated entity, the current one included.
    public var windowMonths: Int = ConnectionSetting.windowMonths.defaultValue
    /// Days within which a Sync All verifies every loaded month again; 0 for never.
    public var rotationDays: Int = ConnectionSetting.rotationDays.defaultValue
    /// Days after which an entity that a run reads by its changes is read whole again.
    public var wholeDays: Int = ConnectionSetting.wholeDays.defaultValue
    /// Days after the end of a day within which people may still enter records of it: a reading sent earlier does not
    /// complete the day.
    public var lateEntryDays: Int = ConnectionSetting.lateEntryDays.defaultValue
    /// Hours that a run goes back before a watermark, for changes written late; at least a day.
    public var overlapHours: Int = ConnectionSetting.overlapHours.defaultValue
    /// Share of a span's rows (percent) above which deletions are held for a person.
    public var brakePercent: Int = ConnectionSetting.brakePercent.defaultValue
    /// Rows of a span up to which deletions are never held.
    public var brakeRows: Int = ConnectionSetting.brakeRows.defaultValue
    /// Deletions of a run above which all of them are held.
    public var brakeRunRows: Int = ConnectionSetting.brakeRunRows.defaultValue
    /// Deletions of seven days above which those that are missing now are held.
    public var brakeWeekRows: Int = ConnectionSetting.brakeWeekRows.defaultValue
    /// Days that lie between two whole lists which prove by their agreement that a row is gone.
    public var absenceDays: Int = ConnectionSetting.absenceDays.defaultValue
    /// Whether the archive keeps answers as the platform sent them.
    public var archive: Bool = ConnectionSetting.archive.defaultValue
    /// Days for which the archive keeps an answer after a later one superseded it; 0 is for ever.
    public var archiveDays: Int = ConnectionSetting.archiveDays.defaultValue
    /// Days for which a superseded version of a record is kept; 0 is for ever.
    public var historyDays: Int = ConnectionSetting.historyDays.defaultValue
    /// Days for which rejections and notes of unknown elements are kept; 0 is for ever.
    public var rejectionDays: Int = ConnectionSetting.rejectionDays.defaultValue
    /// Seconds a statement of the connection's reader may take unless the reader says otherwise; 0 for no limit.
    public var readerSeconds: Int = ConnectionSetting.readerSeconds.defaultValue
    /// Sessions the connection's reader may have at once.
    public var readerSessions: Int = ConnectionSetting.readerSessions.defaultValue
    /// Days after its issue at which an unused refresh token ends.
    public var refreshTokenDays: Int = ConnectionSetting.refreshTokenDays.defaultValue
    /// The address to which the consent page sends the browser back; empty is this machine.
    public var redirectURL: String = ConnectionSetting.redirectURL.defaultValue
    /// What Inflow reads by one call for each record, in order of worth.
    public var values: [ValueKind] = ConnectionSetting.values.defaultValue
    /// Share (percent) of a day's calls for what costs one call per record: custom-field values, job costs, payments.
    public var perParentPercent: Int = ConnectionSetting.perParentPercent.defaultValue
    /// Most such calls of one run.
    public var perParentCalls: Int = ConnectionSetting.perParentCalls.defaultValue
    /// Most such calls at the end of a Sync All.
    public var perParentSyncCalls: Int = ConnectionSetting.perParentSyncCalls.defaultValue
    /// Days after which a run reads the values of an unchanged record again; 0 for never.
    public var perParentDays: Int = ConnectionSetting.perParentDays.defaultValue
    /// Most calls of one run for the values of records that have not changed.
    public var perParentOldCalls: Int = ConnectionSetting.perParentOldCalls.defaultValue
    /// Hours after its last complete reading at which a table becomes stale.
    public var freshnessHours: Int = ConnectionSetting.freshnessHours.defaultValue

    /// The address that is called after each good Sync All; empty for none.
    ///
    /// It works without a password, like a secret: no log shows it.
    public var pingURL: String = ConnectionSetting.pingURL.defaultValue
    /// When a digest of the week leaves by mail.
    public var digest: DigestSchedule = ConnectionSetting.digest.defaultValue
    /// After which Sync Alls that went well a mail leaves.
    public var successMail: SuccessMail = ConnectionSetting.successMail.defaultValue

    /// Settings of an organisation, all others with their defaults.
    public init(accountID: String, clientID: String, timeZone: TimeZone, firstDate: LocalDate) {
        self.accountID = accountID
        self.clientID = clientID
        self.timeZone = timeZone
        self.firstDate = firstDate
    }
}
