/// What a call is made for: background work leaves a reserve of the day's calls to the runs that people rely on.
public enum CallPurpose: String, Sendable, Hashable {
    /// A scheduled run, or what a person asked for: may use all of the day.
    case run
    /// Rotation, backfill and other work that can wait: may not use the reserve.
    case background

    /// What the calls of the task in hand are made for.
    @TaskLocal public static var current = CallPurpose.run
}

/// What an answer's headers say is left of the platform's limits; what they do not say is `nil`.
public struct CallsLeft: Sendable, Hashable {
    /// Calls left within the minute.
    public var minute: Int?
    /// Calls left within the day.
    public var day: Int?

    /// What is left, as far as it was said.
    public init(minute: Int? = nil, day: Int? = nil) {
        self.minute = minute
        self.day = day
    }
}

/// A refusal of the platform's: how long it wants no call.
public struct CallRefusal: Sendable, Hashable {
    /// Seconds from the refusal; `nil` where a refusal for the day did not say.
    public var seconds: Int?
    /// Whether the day's calls are spent.
    public var isForTheDay: Bool

    /// A refusal from its parts.
    public init(seconds: Int?, isForTheDay: Bool) {
        self.seconds = seconds
        self.isForTheDay = isForTheDay
    }
}

/// Gives leave for calls within an organisation's limits.
public protocol QuotaLedger: Sendable {
    /// Waits for leave to make one call and returns the call's number.
    ///
    /// Throws `dayLimitReached` when the day's budget is spent, `reserveKept` when only what is kept for more urgent work is
    /// left of it, `quotaStore` when the ledger cannot be read.
    func acquire(for purpose: CallPurpose) async throws(SourceError) -> Int
    /// Says that the headers of a call's answer have arrived: it counts from this moment.
    func answered(_ call: Int, left: CallsLeft) async
    /// Says that a call has ended and its place in flight is free.
    func finished(_ call: Int) async
    /// Says that the platform refused a call: nothing is sent for so long.
    func refused(_ refusal: CallRefusal) async
}

extension SourceError {
    /// The day's budget is spent for so many seconds.
    public static func dayIsSpent(seconds: Int) -> SourceError {
        SourceError(
            .dayLimitReached, subject: "calls of the day",
            message: "The organisation's calls for the day are spent. What was read is kept; "
                + "the rest is read when calls are free again.",
            retryAfter: max(1, seconds))
    }

    /// Only the reserve is left of the day's budget, for so many seconds.
    public static func reserveIsKept(seconds: Int) -> SourceError {
        SourceError(
            .reserveKept, subject: "calls of the day",
            message:
                "What is left of the organisation's calls for the day is kept for scheduled runs. Work that can wait "
                + "is left for later.",
            retryAfter: max(1, seconds))
    }

    /// The task was cancelled.
    public static func cancelled(subject: String) -> SourceError {
        SourceError(.cancelled, subject: subject, message: "Reading was stopped. Nothing half-read is kept.")
    }
}
