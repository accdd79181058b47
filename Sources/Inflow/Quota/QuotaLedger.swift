/// The purpose of a call: background work leaves a reserve of the day's calls to the runs that people rely on.
public enum CallPurpose: String, Sendable, Hashable {
    /// A scheduled run, or a run that a person asked for: may use all calls of the day.
    case run
    /// Rotation, backfill and other work that can wait: may not use the reserve.
    case background

    /// The purpose of calls that the current task makes.
    @TaskLocal public static var current = CallPurpose.run
}

/// The calls left of the platform's limits by an answer's headers; `nil` where the headers do not say.
public struct CallsLeft: Sendable, Hashable {
    /// Calls left within the minute.
    public var minute: Int?
    /// Calls left within the day.
    public var day: Int?

    /// The calls left, as far as the headers say.
    public init(minute: Int? = nil, day: Int? = nil) {
        self.minute = minute
        self.day = day
    }
}

/// A refusal of the platform (429): how long it accepts no call.
public struct CallRefusal: Sendable, Hashable {
    /// Seconds from the refusal; `nil` where a refusal for the day gives no time.
    public var seconds: Int?
    /// Whether the day's calls are spent.
    public var isForTheDay: Bool

    /// A refusal from its parts.
    public init(seconds: Int?, isForTheDay: Bool) {
        self.seconds = seconds
        self.isForTheDay = isForTheDay
    }
}

/// Permits calls within an organisation's limits.
public protocol QuotaLedger: Sendable {
    /// Waits for a permit for one call and returns the call's number.
    ///
    /// Throws `dayLimitReached` when the calls of the day are spent, `reserveKept` when only the reserve for more
    /// urgent work is left, `quotaStore` when the ledger fails.
    func acquire(for purpose: CallPurpose) async throws(SourceError) -> Int
    /// Records that the headers of a call's answer have arrived: the call counts from this moment.
    func answered(_ call: Int, left: CallsLeft) async
    /// Records that a call has ended and its place in flight is free.
    func finished(_ call: Int) async
    /// Records that the platform refused a call: no call is sent until the refusal ends.
    func refused(_ refusal: CallRefusal) async
}

extension SourceError {
    /// The calls of the day are spent; the first is free again after `seconds` seconds.
    public static func dayIsSpent(seconds: Int) -> SourceError {
        SourceError(
            .dayLimitReached, subject: "calls of the day",
            message: "The organisation's calls for the day are spent. The tables keep what Inflow "
                + "has read; run the same command again when calls are free.",
            retryAfter: max(1, seconds))
    }

    /// Only the reserve of the day is left; background work may call again after `seconds` seconds.
    public static func reserveIsKept(seconds: Int) -> SourceError {
        SourceError(
            .reserveKept, subject: "calls of the day",
            message:
                "Inflow keeps the last calls of the day for scheduled runs and does this work later.",
            retryAfter: max(1, seconds))
    }

    /// The task was cancelled.
    public static func cancelled(subject: String) -> SourceError {
        SourceError(.cancelled, subject: subject, message: "Inflow stopped reading and keeps no half-read answer.")
    }
}
