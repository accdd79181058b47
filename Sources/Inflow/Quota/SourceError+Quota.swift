extension SourceError {
    /// The calls of the day are spent; the first is free again after `seconds` seconds.
    public static func dayIsSpent(seconds: Int) -> SourceError {
        SourceError(
            .dayLimitReached, subject: "calls of the day",
            message: "The organisation's calls for the day are spent. What was read is kept; "
                + "the rest is read when calls are free again.",
            retryAfter: max(1, seconds))
    }

    /// Only the reserve of the day is left; background work may call again after `seconds` seconds.
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
