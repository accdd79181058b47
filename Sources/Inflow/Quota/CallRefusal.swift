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
