import ArgumentParser
import Foundation
import Inflow

/// A day on the command line, `yyyy-MM-dd`.
struct Day: ExpressibleByArgument {
    let date: LocalDate

    init?(argument: String) {
        guard let date = LocalDate(argument) else { return nil }
        self.date = date
    }
}
