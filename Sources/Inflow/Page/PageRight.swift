/// What a request to the page or to its API needs of the one who makes it.
public enum PageRight: Sendable, Hashable, CaseIterable {
    /// Reading anything but secrets.
    case view
    /// What a run, a schedule, a held deletion or a rejection is made to do.
    case operate
    /// Connections, their settings and credentials, users and tokens.
    case administer
}
