import ArgumentParser
import Foundation
import Inflow

/// A calendar month on the command line: `2026-06` or `last-month`; words are read in the zone of the connection.
struct Month: ExpressibleByArgument {
    private let written: WrittenDay

    init?(argument: String) {
        // Whether a text means a month does not depend on the day.
        let anyDay = LocalDate(daysSinceEpoch: 0)
        guard let written = WrittenDay(argument) else { return nil }
        let (first, last) = (written.first(today: anyDay), written.last(today: anyDay))
        guard first == first.startOfMonth, last == first.adding(months: 1).adding(days: -1) else { return nil }
        self.written = written
    }

    static var defaultCompletionKind: CompletionKind { .list(["last-month"]) }

    /// The first day of the month in a connection's zone.
    func first(_ connection: Connection, now: Instant) -> LocalDate {
        written.first(today: LocalDate(now, in: connection.settings.timeZone))
    }

    /// A month as people write it, by its first day: `2026-06`.
    static func text(_ first: LocalDate) -> String { String(first.description.prefix(7)) }
}
