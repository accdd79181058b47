/// The purpose of a call: background work leaves a reserve of the day's calls to the runs that people rely on.
public enum CallPurpose: String, Sendable, Hashable {
    /// A scheduled run, or a run that a person asked for: may use all calls of the day.
    case run
    /// Rotation, backfill and other work that can wait: may not use the reserve.
    case background

    /// The purpose of calls that the current task makes.
    @TaskLocal public static var current = CallPurpose.run
}
