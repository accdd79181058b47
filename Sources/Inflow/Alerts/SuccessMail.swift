/// After which Sync Alls that went well a connection's people get a mail.
public enum SuccessMail: String, Sendable, Hashable, CaseIterable {
    /// After none.
    case off
    /// After each.
    case always
    /// After those that brought, changed or marked a record.
    case onlyWhenChanged = "only-when-changed"
}
