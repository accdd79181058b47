import ArgumentParser
import Foundation
import Inflow

/// A day on the command line: `2026-10-05`, `2026-10`, `2026`, `today`, `last-month`.
///
/// A month or a year is its first day as a `--from` and its last day as a `--to`. Words are read in the zone of the
/// connection.
struct Day: ExpressibleByArgument {
    private let written: WrittenDay

    /// What `--help` says of it.
    static let forms = "yyyy-MM-dd, yyyy-MM, yyyy, today or last-month"

    init?(argument: String) {
        guard let written = WrittenDay(argument) else { return nil }
        self.written = written
    }

    static var defaultCompletionKind: CompletionKind { .list(WrittenDay.Word.allCases.map(\.rawValue)) }

    /// The first day that it means in a connection's zone, for the beginning of a span.
    func first(_ settings: ConnectionSettings) -> LocalDate {
        first(in: settings.timeZone)
    }

    /// The first day that it means in a zone, for the beginning of a span.
    func first(in zone: TimeZone) -> LocalDate { written.first(today: LocalDate(Date(), in: zone)) }

    /// The last day that it means in a zone, for the end of a span.
    func last(in zone: TimeZone) -> LocalDate { written.last(today: LocalDate(Date(), in: zone)) }

    /// The last day that it means in a connection's zone, for the end of a span.
    func last(_ settings: ConnectionSettings) -> LocalDate { last(in: settings.timeZone) }
}
