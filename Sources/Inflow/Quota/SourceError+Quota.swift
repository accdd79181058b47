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
