/// What a token of the API is good for (`inflow.api_token.scope`).
public enum APIScope: String, StoredWord {
    /// Reading anything but secrets.
    case read
    /// Also starting and cancelling runs, deciding about deletions and rejections, and changing schedules.
    case operate

    /// Whether the scope has a right; no token may administer.
    public func may(_ right: PageRight) -> Bool {
        switch right {
        case .view: true
        case .operate: self == .operate
        case .administer: false
        }
    }
}
