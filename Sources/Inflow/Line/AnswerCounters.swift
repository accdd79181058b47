/// The counters that an answer of the platform states about itself, and how many records it held.
public struct AnswerCounters: Sendable, Hashable {
    /// Records found in this answer, unreadable ones included.
    public var pulled = 0
    /// `Page`, when the answer was paged.
    public var page: Int?
    /// `PageSize`, when the answer was paged.
    public var pageSize: Int?
    /// `TotalRecords`: all records of the list over all pages.
    public var totalRecords: Int?
    /// `Records`: records of this page (cost list).
    public var records: Int?
    /// Elements around the records that Inflow does not know, by path below the root, with their text.
    ///
    /// At most 32, texts of at most 200 characters. What stands in them is not loaded.
    public var unknown: [String: String] = [:]

    /// Elements around the records that Inflow does not know and that hold values: each may be a record.
    public var outside = 0

    /// Counters of an answer that states none.
    public init() {}
}
