/// When Inflow tries a message again that it could not deliver, and when it gives up.
public enum AlertPatience {
    /// Seconds from a failed attempt until the next, after `attempts` attempts: 1, 5, 15 minutes, 1, 3, then 6 hours.
    public static func pause(after attempts: Int) -> Int {
        let pauses = [60, 300, 900, 3_600, 10_800, 21_600]
        return pauses[min(max(attempts, 1), pauses.count) - 1]
    }

    /// Hours after which Inflow gives a message up.
    public static let hours = 72
}
