/// What a user of the page may do.
public enum PageRole: String, StoredWord {
    /// Sees reports, records and how runs went; changes nothing.
    case viewer
    /// Also starts and cancels runs, decides about deletions and rejections, and changes schedules.
    case operates = "operator"
    /// Also adds, authorises, sets and removes connections, and keeps users, tokens and credentials.
    case admin

    /// Whether the role has a right; each role has those of the ones before it.
    public func may(_ right: PageRight) -> Bool {
        switch right {
        case .view: true
        case .operate: self != .viewer
        case .administer: self == .admin
        }
    }
}
