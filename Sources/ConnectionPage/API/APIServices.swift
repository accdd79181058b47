public import Inflow

/// What the API needs beside what the pages read.
public struct APIServices: Sendable {
    /// The way in for programs.
    public var entry: any APIEntryService
    /// Requests of the queue and runs by their numbers.
    public var runs: any APIRunService
    /// Reports as rows.
    public var reports: any ReportService
    /// Where it is noted which rows programs take.
    public var log: any ReadingLog

    /// The services of the API.
    public init(
        entry: any APIEntryService, runs: any APIRunService, reports: any ReportService, log: any ReadingLog
    ) {
        (self.entry, self.runs, self.reports, self.log) = (entry, runs, reports, log)
    }
}

/// How a program's token was taken.
public enum APIEntry: Sendable, Hashable {
    /// The token is good; the visitor has its rights and connections.
    case entered(Visitor)
    /// It is no token, or one that was revoked or has expired.
    case refused
    /// It is none either, and too many came from the address; the next is counted after this moment.
    case locked(until: Instant)
}

/// The way in for programs: tokens, as the warehouse keeps them.
public protocol APIEntryService: Sendable {
    /// Whose token a text is; counts a failure by the address that it came from.
    func enter(token: String, from client: Client) async throws -> APIEntry
}

/// A request of the queue.
public struct RunRequest: Sendable, Hashable {
    /// The request's number.
    public let number: Int64
    /// Whether it waits, runs or has ended.
    public let state: RequestState
    /// The number of its run, once it has begun one.
    public let run: Int64?
    /// How it ended; `nil` before its end.
    public let outcome: RunOutcome?
    /// What went wrong, in words.
    public let error: String?

    /// A request as it stands.
    public init(number: Int64, state: RequestState, run: Int64?, outcome: RunOutcome?, error: String?) {
        (self.number, self.state, self.run, self.outcome, self.error) = (number, state, run, outcome, error)
    }
}

/// Requests of the queue and runs, by their numbers.
public protocol APIRunService: Sendable {
    /// A request of a connection; throws a ``PageProblem`` where it has none of that number.
    func request(_ number: Int64, of connection: String) async throws -> RunRequest
    /// A run of a connection as it stands now; throws a ``PageProblem`` where it has none of that number.
    func live(run: Int64, of connection: String) async throws -> LiveRun
}

/// The reports of one connection, as its reader sees them.
public protocol ReportService: Sendable {
    /// All reports that the connection's reader may read, by name.
    func reports(of connection: String) async throws -> [ReportSummary]
    /// The rows of a report as a JSON array, for a span of days where the report has the day that a span acts on.
    ///
    /// Throws a ``PageProblem`` where there is none of that name, or it has no such day.
    func rows(_ report: String, from: LocalDate?, to: LocalDate?, of connection: String) async throws -> TextStream
}

/// A report in the list of all.
public struct ReportSummary: Sendable, Hashable {
    /// A column of it.
    public struct Column: Sendable, Hashable {
        /// Its name, and its type as PostgreSQL writes it.
        public let name, type: String
        /// What it means.
        public let comment: String

        /// A column.
        public init(name: String, type: String, comment: String) {
            (self.name, self.type, self.comment) = (name, type, comment)
        }
    }

    /// Its name; with its schema where that is not `report`.
    public let name: String
    /// The question that it answers.
    public let question: String
    /// The day that a span acts on; `nil` where it has none.
    public let dateColumn: String?
    /// Its columns, in order.
    public let columns: [Column]

    /// A report.
    public init(name: String, question: String, dateColumn: String?, columns: [Column]) {
        (self.name, self.question, self.dateColumn, self.columns) = (name, question, dateColumn, columns)
    }
}
