/// What a backfill will read: history in chunks of calendar months, quarters or years, newest first.
///
/// A pure value, made from what is covered already. The engine cuts the spans of single calls while the backfill runs
/// (``SpanSize``), since only answers show how large they may be.
public struct BackfillPlan: Sendable, Hashable {
    /// How much history is one chunk: the unit of progress, read completely before the next older one.
    public enum Size: String, Sendable, Hashable, CaseIterable {
        /// A calendar month per chunk.
        case month
        /// Three months from January, April, July or October.
        case quarter
        /// A calendar year per chunk.
        case year

        var months: Int {
            switch self {
            case .month: 1
            case .quarter: 3
            case .year: 12
            }
        }
    }

    /// What a chunk reads of one entity.
    public struct Part: Sendable, Hashable {
        /// The entity to read.
        public let entity: EntityDefinition
        /// Its spans without coverage, in order, neighbouring months joined.
        public let gaps: [Window]

        /// The gaps of an entity.
        public init(entity: EntityDefinition, gaps: [Window]) {
            self.entity = entity
            self.gaps = gaps
        }
    }

    /// One chunk of history.
    public struct Chunk: Sendable, Hashable {
        /// Its days, as far as the person asked for them.
        public let window: Window
        /// The entities that lack something of it, in loading order.
        public let parts: [Part]

        /// Its name: `2024-04-01 to 2024-06-30`.
        public var description: String { window.description }
    }

    /// The chunks that lack something, newest first.
    public let chunks: [Chunk]
    /// How many chunks of the window are wholly covered, so that the backfill skips them.
    public let skipped: Int
    /// The requested days, widened to whole months: coverage counts whole months.
    public let window: Window
    /// The entities of the backfill, in loading order.
    public let entities: [EntityDefinition]
    /// All entities that there are, among them those derived from others.
    public let known: [EntityDefinition]

    /// A plan of some entities for the days `first` to `last`, both included; without names, of all that have dates.
    ///
    /// Without a last day it goes to the end of the current month. A month is covered where a reading now could say no
    /// more of it than the last one did; `again` reads covered months, too. Throws a refusal
    /// in words for unknown names, entities without dates, and days in the wrong order.
    public init(
        _ names: [String], of known: [EntityDefinition], from first: LocalDate, to last: LocalDate?, by size: Size,
        again: Bool, state: SyncState, today: LocalDate
    ) throws(RunPlan.Refusal) {
        for name in names {
            guard let entity = known.first(where: { $0.name == name }) else {
                throw .unknownEntity(name, among: known)
            }
            guard entity.isDated else {
                throw RunPlan.Refusal(
                    description:
                        "\"\(name)\" is a list without dates: it has no history to go back to. "
                        + "Nothing was read. Read it by \"inflow sync\" or, with all lists of its kind, by "
                        + "\"inflow seed\".")
            }
        }
        let end = last ?? today.startOfMonth.adding(months: 1).adding(days: -1)
        guard first <= end,
            let window = Window(from: first.startOfMonth, until: end.startOfMonth.adding(months: 1))
        else {
            throw RunPlan.Refusal(
                description: "--from \(first) is after --to \(end). Nothing was read. Both days are included.")
        }
        self.window = window
        self.known = known
        entities = known.filter { $0.isDated && (names.isEmpty || names.contains($0.name)) }
        let known = again ? [] : state.months.filter { !$0.needsReading }
        let covered = Dictionary(grouping: known, by: \.entity).mapValues { Set($0.map(\.month)) }
        let all = BackfillPlan.windows(window, size)
        chunks = all.reversed().compactMap { [entities] window in
            let parts = entities.compactMap { entity in
                let gaps = BackfillPlan.gaps(of: window, covered[entity.name] ?? [])
                return gaps.isEmpty ? nil : Part(entity: entity, gaps: gaps)
            }
            return parts.isEmpty ? nil : Chunk(window: window, parts: parts)
        }
        skipped = all.count - chunks.count
    }

    /// Calendar months, quarters or years, cut at the window's ends.
    private static func windows(_ window: Window, _ size: Size) -> [Window] {
        var windows: [Window] = []
        var start = window.from
        while start < window.until {
            let month = start.components.month
            let border = start.startOfMonth.adding(months: size.months - (month - 1) % size.months)
            if let part = Window(from: start, until: min(border, window.until)) { windows.append(part) }
            start = border
        }
        return windows
    }

    private static func gaps(of window: Window, _ covered: Set<LocalDate>) -> [Window] {
        var gaps: [Window] = []
        for month in window.wholeMonths where !covered.contains(month) {
            guard let next = Window(month: month) else { continue }
            if let last = gaps.last, last.until == month, let joined = Window(from: last.from, until: next.until) {
                gaps[gaps.count - 1] = joined
            } else {
                gaps.append(next)
            }
        }
        return gaps
    }

    // MARK: expected cost

    /// The expected cost of a plan, from the span sizes and page counts of earlier reading.
    public struct Estimate: Sendable, Hashable {
        /// The number of chunks to read.
        public let chunks: Int
        /// The number of calls, all chunks together.
        public let calls: Int
        /// Minutes at the connection's calls a minute; nil where there is no limit.
        public let minutes: Int?
        /// Percent of a day's calls; nil where there is no limit.
        public let percentOfDay: Int?
        /// Calls left today for the next scheduled run after the backfill; negative when it takes more than today.
        public let left: Int?
        /// The fewest days it takes beside the reserve for scheduled runs; 1 is today.
        public let days: Int

        /// The estimate in one sentence.
        public var words: String {
            var parts = ["\(chunks) chunk\(chunks == 1 ? "" : "s")", "about \(calls) call\(calls == 1 ? "" : "s")"]
            if let minutes {
                parts.append("\(minutes) minute\(minutes == 1 ? "" : "s") at the limit of calls a minute")
            }
            if let percentOfDay { parts.append("\(percentOfDay) % of a day's quota") }
            let end =
                switch left {
                case .some(let left) where left >= 0: "; leaves \(left) calls today for the next scheduled run"
                case .some: "; more than today allows: about \(days) days, continuing where it stopped"
                case nil: ""
                }
            return parts.joined(separator: ", ") + end
        }
    }

    /// The expected cost of the plan.
    ///
    /// `sizes` are the spans that recent calls asked for, by entity; `reserve` counts the calls of a day that stay with
    /// scheduled runs.
    public func estimate(
        sizes: [String: SpanSize], state: SyncState, _ settings: ConnectionSettings, reserve: Int
    ) -> Estimate {
        let calls = chunks.reduce(0) { sum, chunk in
            sum + chunk.parts.reduce(0) { $0 + BackfillPlan.calls($1, sizes[$1.entity.name] ?? .month, state) }
        }
        let day = settings.callsPerDay
        let today = max(0, day - reserve - state.callsSpent)
        return Estimate(
            chunks: chunks.count, calls: calls,
            minutes: settings.callsPerMinute > 0
                ? (calls + settings.callsPerMinute - 1) / settings.callsPerMinute : nil,
            percentOfDay: day > 0 ? (calls * 100 + day - 1) / day : nil,
            left: day > 0 ? (calls <= today ? day - state.callsSpent - calls : today - calls) : nil,
            days: day > 0 && calls > today ? 1 + (calls - today + max(1, day - reserve) - 1) / max(1, day - reserve) : 1
        )
    }

    /// Calls that a part takes: one for each span, or for each page where the platform pages the list.
    public static func calls(_ part: Part, _ size: SpanSize, _ state: SyncState) -> Int {
        part.gaps.flatMap { size.cut($0) }.reduce(0) { sum, span in
            guard case .counted(let page) = part.entity.endpoint.paging,
                let rows = state.rowsPerDay[part.entity.name]
            else { return sum + 1 }
            return sum + max(1, Int((rows * Double(span.days) / Double(page)).rounded(.up)))
        }
    }
}
