/// Why a month, or a list without dates, is not complete, as `inflow.coverage_state` says it.
public enum GapReason: String, StoredWord {
    /// No answer ever held all of it.
    case never
    /// The last reading failed.
    case failed
    /// The last reading was sent before its end and the days for late entries.
    case early
    /// A record was rejected.
    case rejected
    /// A record is missing from the platform's list.
    case missing
    /// Missing records wait for a person's decision.
    case held
    /// A document was listed without its lines.
    case header

    fileprivate var words: String {
        switch self {
        case .never: "never read whole"
        case .failed: "the last reading failed"
        case .early: "read too early to say"
        case .rejected: "a record was rejected"
        case .missing: "a record is missing"
        case .held: "deletions wait for you"
        case .header: "lines are missing"
        }
    }
}

/// How much of an entity the tables hold, as far as its readings prove it.
public enum Completeness: Sendable, Hashable {
    /// A month of an entity that is read by its dates.
    public struct Month: Sendable, Hashable {
        /// Its first day.
        public let first: LocalDate
        /// The last day to which it is complete; `nil` for none.
        public let completeTo: LocalDate?
        /// Whether it is complete to its end.
        public let isComplete: Bool
        /// Why it is not; `nil` where it is.
        public let reason: GapReason?

        /// A month from its row of `inflow.coverage_state`.
        public init(first: LocalDate, completeTo: LocalDate?, isComplete: Bool, reason: GapReason?) {
            self.first = first
            self.completeTo = completeTo
            self.isComplete = isComplete
            self.reason = reason
        }
    }

    /// A list without dates that was read whole, with nothing known to be wrong.
    case complete
    /// Days without a gap, both included; where a record is known to be wrong or lacking after them, why.
    case days(from: LocalDate, to: LocalDate, then: GapReason?)
    /// Nothing, and why.
    case nothing(GapReason)
    /// Values that cost a call for each record: the share (percent) of records whose values are here, and never all.
    case partial(percent: Int)
    /// All such values were here when Inflow last counted; records changed since.
    case changedSince
    /// Values that the setting `values` leaves out.
    case leftOut

    /// What the months of an entity prove, which may come in any order: the days from the first without a gap.
    ///
    /// A month that was read before its end, and after which none was read, begins no span where later months were
    /// read: it says nothing of them, and nobody reads it again (`inflow.complete_span`).
    public init(_ months: [Month]) {
        var months = months.sorted { $0.first < $1.first }
        let last = months.last { $0.completeTo != nil }?.first
        while let first = months.first, first.reason == .early, let last, first.first < last,
            months[1].first != first.first.adding(months: 1) || months[1].reason == .never
        { months.removeFirst(1 + months.dropFirst().prefix { $0.reason == .never }.count) }
        guard let start = months.first?.first else {
            self = .nothing(.never)
            return
        }
        var (end, next, why): (LocalDate?, LocalDate, GapReason?) = (nil, start, nil)
        for month in months {
            guard month.first == next else {
                why = .never
                break
            }
            end = month.completeTo ?? end
            next = month.first.adding(months: 1)
            if !month.isComplete {
                why = month.reason == .early ? nil : month.reason
                break
            }
            end = next.adding(days: -1)
        }
        guard let end else {
            self = .nothing(why ?? .early)
            return
        }
        self = .days(from: start, to: end, then: why)
    }

    /// In words, for a column.
    public var words: String {
        switch self {
        case .complete: "yes"
        case .days(let from, let to, nil): "\(from) to \(to)"
        case .days(let from, let to, let why?): "\(from) to \(to), then \(why.words)"
        case .nothing(let why): "no: \(why.words)"
        case .partial(let percent): "partial, \(percent) %"
        case .changedSince: "partial, records changed since"
        case .leftOut: "not read, by choice"
        }
    }
}
