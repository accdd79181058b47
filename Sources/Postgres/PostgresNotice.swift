/// What the server remarks beside its answers: `raise notice`, warnings, "table does not exist, skipping".
public struct PostgresNotice: Sendable, Equatable {
    /// WARNING, NOTICE, INFO, LOG or DEBUG, in English whatever the server's language.
    public let severity: String
    /// The five-character SQLSTATE, `00000` for a plain notice.
    public let sqlState: String?
    /// The remark itself; may quote values.
    public let message: String
}

/// Collects the notices of one session, newest hundred, or hands them to a handler.
///
/// Used on the session's thread only.
final class NoticeCollector {
    private static let limit = 100
    private var collected: [PostgresNotice] = []
    var handler: (@Sendable (PostgresNotice) -> Void)?

    func receive(_ notice: PostgresNotice) {
        if let handler { return handler(notice) }
        if collected.count == Self.limit { collected.removeFirst() }
        collected.append(notice)
    }

    func take() -> [PostgresNotice] {
        defer { collected = [] }
        return collected
    }
}
