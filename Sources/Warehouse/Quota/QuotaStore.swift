public import Foundation
public import Inflow
internal import Postgres
internal import SQLFiles

/// The books of an organisation's calls: ``Inflow/SharedQuota`` kept in the warehouse, by the database's clock.
struct QuotaStore: Sendable {
    let platform: String
    let account: String
    let limits: SharedQuota.Limits
    /// Instead of the database's clock, for tests: microseconds.
    var now: (@Sendable () -> Int64)?

    init(platform: Platform, _ settings: ConnectionSettings) {
        self.platform = platform.name
        account = settings.accountID.lowercased()
        limits = SharedQuota.Limits(settings)
    }

    private var key: [PostgresParameter] { [.text(platform), .text(account)] }

    /// One visit: the organisation's row is locked, so visits come one after the other.
    func exchange(
        _ report: SharedQuota.Report, on session: isolated PostgresConnection
    ) throws(PostgresError) -> SharedQuota.Reply {
        var rows = try lock(session)
        if rows.isEmpty {
            try session.query(
                "insert into inflow.quota (platform, account_id) values ($1, $2) on conflict do nothing", key)
            rows = try lock(session)
        }
        var (quota, time) = try read(rows[0], session)
        if let now { time = now() }
        let before = quota.holders
        let reply = quota.exchange(report, limits, at: time)
        try write(quota, session)
        try write(quota.holders, before, report.holder, session)
        return reply
    }

    private func lock(_ session: isolated PostgresConnection) throws(PostgresError) -> PostgresResult {
        try session.query(
            """
            select \(QuotaStore.micros("minute_until")) as minute, \(QuotaStore.micros("day_until")) as day,
                array_to_string(day_calls, ',') as calls, \(QuotaStore.micro("refused_until")) as refused,
                is_day_refused
            from inflow.quota
            where platform = $1 and account_id = $2
            for update
            """, key)
    }

    /// The time is asked for after the lock was got: it must not be older than what others wrote.
    func read(
        _ row: PostgresResult.Row, _ session: isolated PostgresConnection
    ) throws(PostgresError) -> (SharedQuota, Int64) {
        let holders = try session.query(
            """
            select \(QuotaStore.micro("clock_timestamp()")) as now, h.id, h.who, h.permits, h.places, h.wants,
                \(QuotaStore.micro("h.waiting_since")) as waiting, \(QuotaStore.micro("h.seen_at")) as seen
            from (select) one
            left join inflow.quota_holder h on h.platform = $1 and h.account_id = $2
            order by h.seen_at
            """, key)
        var quota = SharedQuota()
        quota.minute = try row.int64List("minute")
        quota.day = zip(try row.int64List("day"), try row.int64List("calls")).map {
            SharedQuota.DaySpan(until: $0, calls: Int($1))
        }
        quota.refusedUntil = try row.optionalInt64("refused")
        quota.isDayRefused = try row.optionalBool("is_day_refused") ?? false
        quota.holders = try holders.read { row throws(PostgresError) -> SharedQuota.Holder? in
            // Where no process holds or wants calls there is one row, with the time alone.
            guard let id = try row.optionalText("id") else { return nil }
            var holder = SharedQuota.Holder(id: id, who: try row.text("who"), seenAt: try row.int64("seen"))
            holder.permits = try row.int("permits")
            holder.places = try row.int("places")
            holder.wants = try row.int("wants")
            holder.waitingSince = try row.optionalInt64("waiting")
            return holder
        }.compactMap { $0 }
        return (quota, try holders[0].int64("now"))
    }

    private func write(_ quota: SharedQuota, _ session: isolated PostgresConnection) throws(PostgresError) {
        try session.query(
            """
            update inflow.quota set
                minute_until = array(select \(QuotaStore.time("m")) from unnest($3::bigint[]) m),
                day_until = array(select \(QuotaStore.time("d")) from unnest($4::bigint[]) d),
                day_calls = $5::bigint[], refused_until = \(QuotaStore.time("$6::bigint")), is_day_refused = $7,
                changed_at = clock_timestamp()
            where platform = $1 and account_id = $2
            """,
            key + [
                .int64Array(quota.minute), .int64Array(quota.day.map(\.until)),
                .int64Array(quota.day.map { Int64($0.calls) }), quota.refusedUntil.map { .int64($0) } ?? .null,
                .bool(quota.isDayRefused),
            ])
    }

    /// Of the processes only the one that is here has changed; others may have been found dead.
    private func write(
        _ holders: [SharedQuota.Holder], _ before: [SharedQuota.Holder], _ own: String,
        _ session: isolated PostgresConnection
    ) throws(PostgresError) {
        let left = Set(holders.map(\.id))
        let gone = before.map(\.id).filter { !left.contains($0) }
        if !gone.isEmpty {
            try session.query(
                "delete from inflow.quota_holder where platform = $1 and account_id = $2 and id = any ($3)",
                key + [.textArray(gone)])
        }
        guard let one = holders.first(where: { $0.id == own }) else { return }
        try session.query(
            """
            insert into inflow.quota_holder (
                platform, account_id, id, who, permits, places, wants, waiting_since, seen_at)
            values ($1, $2, $3, $4, $5, $6, $7, \(QuotaStore.time("$8::bigint")), \(QuotaStore.time("$9::bigint")))
            on conflict (platform, account_id, id) do update set
                permits = excluded.permits, places = excluded.places, wants = excluded.wants,
                waiting_since = excluded.waiting_since, seen_at = excluded.seen_at
            """,
            key + [
                .text(one.id), .text(one.who), .int(one.permits), .int(one.places), .int(one.wants),
                one.waitingSince.map { .int64($0) } ?? .null, .int64(one.seenAt),
            ])
    }

    // MARK: times

    private static func micro(_ time: String) -> String { "(extract(epoch from \(time)) * 1000000)::bigint" }

    private static func micros(_ times: String) -> String {
        "array_to_string(array(select \(micro("u")) from unnest(\(times)) u), ',')"
    }

    private static func time(_ micros: String) -> String {
        "timestamptz 'epoch' + \(micros) * interval '1 microsecond'"
    }
}

/// How an organisation's budget of calls stands.
public struct QuotaUsage: Sendable, Encodable {
    /// The platform's identifier of the organisation that has this budget.
    public let accountID: String
    /// Calls that count for the minute, those that may still be made included.
    public let usedThisMinute: Int
    /// Calls a minute at most; 0 is no limit.
    public let perMinute: Int
    /// When the next of the minute's calls stops counting, UTC; `nil` where none counts.
    public let nextThisMinute: Date?
    /// Calls that count for the day, those that may still be made included.
    public let usedToday: Int
    /// Calls a day at most; 0 is no limit.
    public let perDay: Int
    /// Places in flight that are given out.
    public let inFlight: Int
    /// Calls in flight at most; 0 is no limit.
    public let atOnce: Int
    /// Calls of the day that background work leaves alone.
    public let reserve: Int
    /// When calls are free again, where none are now, UTC.
    public let resumeAt: Date?
    /// Whether it is the platform that refuses calls.
    public let isRefused: Bool
    /// Processes that hold or want calls.
    public let holders: [String]

    /// Calls that the day's budget still has; `nil` where there is no limit.
    public var leftToday: Int? { perDay > 0 ? max(0, perDay - usedToday) : nil }

    /// Forgets that the platform refuses calls of a connection's organisation; the calls that were made still count.
    ///
    /// A process that saw the refusal asks again within the minute.
    /// - Returns: until when calls were refused; `nil` where they were not.
    public static func forgetRefusal(
        _ warehouse: Warehouse, _ platform: Platform, _ settings: ConnectionSettings
    ) async throws(WarehouseError) -> Date? {
        let books = QuotaStore(platform: platform, settings)
        return try await warehouse.query(
            Statements.quotaForgetRefusal,
            [.text(books.platform), .text(books.account)], purpose: "quota",
            doing: "forgetting a refusal of \(settings.accountID)"
        ) { row throws(PostgresError) in try row.date("until") }.first
    }

    /// Reads how the budget of a connection's organisation stands; changes nothing.
    public static func read(
        _ warehouse: Warehouse, _ platform: Platform, _ settings: ConnectionSettings
    ) async throws(WarehouseError) -> QuotaUsage {
        let books = QuotaStore(platform: platform, settings)
        let limits = books.limits
        let (quota, now) = try await warehouse.perform(
            purpose: "quota", doing: "reading the calls of \(settings.accountID)"
        ) { session throws(PostgresError) in try books.look(session) }
        let living = quota.holders.filter { now - $0.seenAt <= limits.lapse }
        let out = quota.holders.reduce(0) { $0 + $1.permits }
        let used = quota.usedToday(at: now) + out
        let refused = quota.refusedUntil.flatMap { $0 > now ? $0 : nil }
        let spent = limits.perDay > 0 && used >= limits.perDay ? quota.dayIsFree(limits.perDay, at: now) : nil
        let resume = [refused, spent].compactMap(\.self).max()
        return QuotaUsage(
            accountID: settings.accountID, usedThisMinute: quota.usedThisMinute(at: now) + out,
            perMinute: limits.perMinute,
            nextThisMinute: quota.minute.filter { $0 > now }.min().map {
                Date(timeIntervalSince1970: Double($0) / 1_000_000)
            },
            usedToday: used, perDay: limits.perDay,
            inFlight: living.reduce(0) { $0 + $1.places }, atOnce: limits.atOnce, reserve: limits.reserve,
            resumeAt: resume.map { Date(timeIntervalSince1970: Double($0) / 1_000_000) }, isRefused: refused != nil,
            holders: living.map(\.who).sorted())
    }
}

extension QuotaStore {
    /// The books and the time, without a lock.
    fileprivate func look(_ session: isolated PostgresConnection) throws(PostgresError) -> (SharedQuota, Int64) {
        let rows = try session.query(
            """
            select \(QuotaStore.micros("coalesce(minute_until, '{}')")) as minute,
                \(QuotaStore.micros("coalesce(day_until, '{}')")) as day,
                array_to_string(day_calls, ',') as calls, \(QuotaStore.micro("refused_until")) as refused,
                is_day_refused
            from (select) one
            left join inflow.quota on platform = $1 and account_id = $2
            """, key)
        return try read(rows[0], session)
    }
}
