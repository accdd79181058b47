import Testing

@testable import Inflow

/// The day of a text that is surely one.
func day(_ text: String) throws -> LocalDate {
    try #require(LocalDate(text))
}

/// The window of two days, both included.
func window(_ first: String, _ last: String) throws -> Window {
    let (first, last) = (try day(first), try day(last))
    return try #require(Window(first: first, last: last))
}
