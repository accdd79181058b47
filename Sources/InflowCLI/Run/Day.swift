import ArgumentParser
import Foundation
import Inflow

/// A day as a person types it.
struct Day: ExpressibleByArgument {
    let date: LocalDate

    init?(argument: String) {
        guard let date = LocalDate(argument) else { return nil }
        self.date = date
    }
}
