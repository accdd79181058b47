import ConnectionPage
import Foundation
import Inflow
import Warehouse

/// Summaries and charts, from the figures that the reader of a connection sees.
///
/// Figures are kept for a while, since many people look at the same ones: what a page shows is of one moment, together
/// with the lines that say how far it is complete.
struct PageFigures: SummaryService, ChartService {
    let readers: PageReaders
    private let summaries = FigureCache<SummarySight>(age: .seconds(30))
    private let drawn = FigureCache<[ChartKind: ChartSight]>(age: .seconds(60))

    init(readers: PageReaders) { self.readers = readers }

    // MARK: summaries

    func summaries(_ span: DaySpan?, of name: String, now: Instant) async throws -> SummarySight {
        let connection = try await forNumbers { try await readers.connection(name) }
        let span = try span ?? Self.fiscalYear(connection, now: now)
        return try await summaries.value(connection.id, "\(span.from) \(span.to)") {
            async let completeness = readers.reading(name) { session, connection in
                try await session.completeness(of: ["timesheet", "invoice", "job"], connection, from: span.from)
            }
            let tables = try await withThrowingTaskGroup(of: (FigureKind, [SummarySight.Row]).self) { group in
                for kind in FigureKind.allCases { group.addTask { (kind, try await rows(kind, span, name)) } }
                return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
            }
            return SummarySight(
                span: span, tables: tables, completeness: try await completeness.map { CompletenessLine($0) })
        }
    }

    func csv(_ kind: FigureKind, _ span: DaySpan?, of name: String, now: Instant) async throws -> TextStream {
        try await readers.csv(name) { session, connection in
            let span = try span ?? Self.fiscalYear(connection, now: now)
            return try await session.exported(kind.figures, of: connection, from: span.from, to: span.to)
        }
    }

    private func rows(_ kind: FigureKind, _ span: DaySpan, _ name: String) async throws -> [SummarySight.Row] {
        let answer = try await readers.reading(name) { session, connection in
            try await session.figures(kind.figures, of: connection, from: span.from, to: span.to)
        }
        return answer.rows.map { Self.row($0, of: answer) }
    }

    private static func row(_ row: [String?], of answer: ReaderAnswer) -> SummarySight.Row {
        func minutes(_ name: String) -> Int { answer.value(name, in: row).flatMap { Int($0) } ?? 0 }
        return SummarySight.Row(
            key: answer.value("key", in: row), label: answer.value("label", in: row), minutes: minutes("minutes"),
            billableMinutes: minutes("billable_minutes"),
            amount: answer.value("amount", in: row).flatMap { decimal($0) })
    }

    private static func decimal(_ text: String) -> Decimal? {
        Decimal(string: text, locale: Locale(identifier: "en_US_POSIX"))
    }

    /// The fiscal year of today in the connection's zone.
    private static func fiscalYear(_ connection: Connection, now: Instant) throws -> DaySpan {
        let first = fiscalYearStart(connection, now: now)
        guard let span = DaySpan(from: first, to: first.adding(months: 12).adding(days: -1)) else {
            throw PageProblem(.fault, "Inflow could not make this page", "The fiscal year has no days.")
        }
        return span
    }

    private static func fiscalYearStart(_ connection: Connection, now: Instant) -> LocalDate {
        let today = LocalDate(now, in: connection.settings.timeZone)
        let passed = (today.components.month - connection.settings.fiscalYearStart + 12) % 12
        return today.startOfMonth.adding(months: -passed)
    }

    // MARK: charts

    func charts(of name: String, now: Instant) async throws -> [ChartKind: ChartSight] {
        let connection = try await forNumbers { try await readers.connection(name) }
        return try await drawn.value(connection.id, LocalDate(now, in: connection.settings.timeZone).description) {
            try await withThrowingTaskGroup(of: (ChartKind, ChartSight).self) { group in
                for kind in ChartKind.allCases { group.addTask { (kind, try await drawable(kind, name, now: now)) } }
                return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
            }
        }
    }

    func csv(_ kind: ChartKind, of name: String, now: Instant) async throws -> TextStream {
        try await readers.csv(name) { session, connection in
            let days = Self.days(kind, connection, now: now)
            return try await session.exported(kind.figures, of: connection, from: days.from, to: days.to)
        }
    }

    /// A chart, or why it cannot be drawn now: one that takes too long must not take the others with it.
    private func drawable(_ kind: ChartKind, _ name: String, now: Instant) async throws -> ChartSight {
        do {
            return try await chart(kind, name, now: now)
        } catch let problem as PageProblem where problem.kind == .unavailable {
            var sight = ChartSight(groups: [], series: [], unit: "")
            sight.problem = "\(problem.title). \(problem.words)"
            return sight
        }
    }

    private func chart(_ kind: ChartKind, _ name: String, now: Instant) async throws -> ChartSight {
        try await readers.reading(name) { session, connection in
            let days = Self.days(kind, connection, now: now)
            let answer = try await session.figures(kind.figures, of: connection, from: days.from, to: days.to)
            // Work in progress is of all time entries there are.
            let from = kind == .workInProgress ? nil : days.from
            let completeness = try await session.completeness(of: kind.entities, connection, from: from)
            var sight = ChartDrawing(answer, fiscalYearStart: connection.settings.fiscalYearStart).sight(kind, days)
            sight.columns = answer.columns.map {
                TableSight.Column(
                    name: $0.name, type: "", comment: "", isNumber: $0.kind == .number, isOrdered: false)
            }
            sight.rows = answer.rows
            sight.completeness = completeness.map { CompletenessLine($0) }
            return sight
        }
    }

    /// The days of a chart: three fiscal years of invoices, else twelve months with the current one.
    private static func days(_ kind: ChartKind, _ connection: Connection, now: Instant) -> (
        from: LocalDate, to: LocalDate
    ) {
        let today = LocalDate(now, in: connection.settings.timeZone)
        let end = today.startOfMonth.adding(months: 1).adding(days: -1)
        switch kind {
        case .invoiced: return (fiscalYearStart(connection, now: now).adding(months: -24), end)
        case .hours, .workInProgress, .winRate, .utilisation:
            return (today.startOfMonth.adding(months: -11), end)
        }
    }
}

extension FigureKind {
    fileprivate var figures: Figures {
        switch self {
        case .month: .byMonth
        case .client: .byClient
        case .staff: .byStaff
        case .jobState: .byJobState
        }
    }
}

extension ChartKind {
    fileprivate var figures: Figures {
        switch self {
        case .invoiced: .invoiced
        case .hours: .hours
        case .workInProgress: .workInProgress
        case .winRate: .winRate
        case .utilisation: .utilisation
        }
    }

    /// The entities under its figures.
    fileprivate var entities: [String] {
        switch self {
        case .invoiced: ["invoice"]
        case .hours, .utilisation: ["timesheet"]
        case .workInProgress: ["timesheet", "invoice"]
        case .winRate: ["quote"]
        }
    }
}

/// Figures that were read a moment ago, by connection; many who ask at once share one reading.
actor FigureCache<Value: Sendable> {
    private struct Key: Hashable {
        let connection: Int64
        let question: String
    }

    private struct Entry {
        let value: Value
        let readAt: ContinuousClock.Instant
    }

    private let age: Duration
    private var entries: [Key: Entry] = [:]
    private var readings: [Key: Task<Value, any Error>] = [:]

    init(age: Duration) { self.age = age }

    /// The value for a question of a connection, which may be as old as the cache keeps one.
    func value(
        _ connection: Int64, _ question: String, _ read: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let key = Key(connection: connection, question: question)
        entries = entries.filter { $0.value.readAt.duration(to: .now) < age }
        if let entry = entries[key] { return entry.value }
        if let reading = readings[key] { return try await reading.value }
        // Not structured: one browser that leaves must not end the reading of the others.
        let reading = Task { try await read() }
        readings[key] = reading
        defer { readings[key] = nil }
        let value = try await reading.value
        entries[key] = Entry(value: value, readAt: .now)
        return value
    }
}
