internal import Inflow

/// Decides after each page of a list whether there is another, and whether the pages agree with what the platform
/// counts.
///
/// A state machine without I/O. Rows of a list that changes between two pages may be skipped or come twice (reference
/// §2.3), and some endpoints ignore `page` and give the same rows for ever. So the hash of every key is remembered
/// while a paged list is read (8 bytes a row): a page without a new key ends the list, and rows that were there before
/// do not count against `TotalRecords`. They are loaded like any other: the merge lets the last one win and counts the
/// others as duplicates.
///
/// - Counted: with counters the list ends when all of `TotalRecords` have been seen, or at a page without a new key,
///   whatever size was asked for and whatever `PageSize` says: the platform may give fewer a page than either. Then the
///   different rows pulled must be exactly the last `TotalRecords`, and that must not have shrunk meanwhile: a row that
///   left an earlier page moves another one across the border unseen, with the sum still right. A total that grew and
///   was reached is fine. Without counters, a page that is as full as asked for, or that holds a round number of rows
///   and so may end at a limit of the platform's, is followed by the next, until one is neither or holds no new key; a
///   fuller one is all there is, since the platform did not page.
/// - Until empty: the list ends at a page of no records or without a new key.
/// - Any page: `Records`, where given, must be the rows on it; an unpaged list must not claim a `TotalRecords` above
///   its rows.
struct Paginator {
    /// What follows a page.
    enum Turn: Hashable {
        /// Ask for this page.
        case page(Int)
        /// The list is complete.
        case end
    }

    /// A contradiction between counters and rows.
    struct Disagreement: Error, Hashable {
        let detail: String
    }

    /// What one page held.
    struct Page: Hashable {
        /// What the answer says of itself; `pulled` counts all rows.
        var counters: AnswerCounters
        /// Rows that had been on an earlier page.
        var repeated = 0
        /// Rows with a key that had not been seen.
        var fresh = 0
    }

    let paging: Endpoint.Paging
    /// The page that is being read.
    private(set) var page = 1
    private var different = 0
    private var largestTotal = 0

    init(_ paging: Endpoint.Paging) {
        self.paging = paging
    }

    /// Whether keys have to be remembered.
    var isPaged: Bool { paging != .none }

    /// The parameters that ask for the page.
    var query: [RequestURL.Parameter] {
        switch paging {
        case .none: []
        case .counted(let size):
            [.init(name: "page", value: String(page)), .init(name: "pagesize", value: String(size))]
        case .untilEmpty: [.init(name: "page", value: String(page))]
        }
    }

    /// Takes note of a page that was read to its end.
    mutating func turn(after one: Page) throws(Disagreement) -> Turn {
        let counters = one.counters
        different += counters.pulled - one.repeated
        if let records = counters.records, records != counters.pulled {
            throw Disagreement(detail: "page \(page) says Records \(records) and holds \(counters.pulled)")
        }
        switch paging {
        case .none:
            if let total = counters.totalRecords, total > counters.pulled {
                throw Disagreement(detail: "the answer says TotalRecords \(total) and holds \(counters.pulled)")
            }
            return .end
        case .counted(let size):
            guard let total = counters.totalRecords else {
                guard largestTotal == 0 else {
                    throw Disagreement(
                        detail: "an earlier page says TotalRecords \(largestTotal), page \(page) says none")
                }
                return Paginator.mayGoOn(counters.pulled, asked: counters.pageSize ?? size) && one.fresh > 0
                    ? next() : .end
            }
            return try turn(after: one, total: total)
        case .untilEmpty:
            return counters.pulled == 0 || (page > 1 && one.fresh == 0) ? .end : next()
        }
    }

    /// Whether a page without counters may not be the last: it is full, or a platform may have cut it at a round number.
    private static func mayGoOn(_ rows: Int, asked: Int) -> Bool {
        rows == asked || rows > 0 && rows < asked && rows.isMultiple(of: 50)
    }

    private mutating func turn(after one: Page, total: Int) throws(Disagreement) -> Turn {
        guard different >= total || one.fresh == 0 else {
            largestTotal = max(largestTotal, total)
            return next()
        }
        guard total >= largestTotal else {
            throw Disagreement(detail: "TotalRecords went from \(largestTotal) to \(total) while pages were read")
        }
        guard different == total else {
            throw Disagreement(
                detail: "TotalRecords is \(total), and \(different) different rows came on \(page) pages")
        }
        return .end
    }

    private mutating func next() -> Turn {
        page += 1
        return .page(page)
    }
}
