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
