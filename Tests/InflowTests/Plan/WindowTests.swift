import Testing

@testable import Inflow

@Suite("Window")
struct WindowTests {
    @Test("A window holds at least one day, and its last day is included")
    func ends() throws {
        let day = try day("2026-03-01")
        #expect(Window(from: day, until: day) == nil)
        #expect(Window(first: day, last: day.adding(days: -1)) == nil)
        let one = try #require(Window(first: day, last: day))
        #expect(one.days == 1)
        #expect(one.last == day)
        #expect(one.description == "2026-03-01")
        #expect(Window(first: day, last: day.adding(days: 30))?.description == "2026-03-01 to 2026-03-31")
    }

    @Test(
        "Last month is the previous and the current calendar month",
        arguments: [
            ("2026-11-21", "2026-10-01 to 2026-11-30"), ("2026-01-01", "2025-12-01 to 2026-01-31"),
            ("2024-03-31", "2024-02-01 to 2024-03-31"), ("2026-02-28", "2026-01-01 to 2026-02-28"),
        ])
    func lastMonth(_ today: String, _ expected: String) throws {
        #expect(Window.lastMonth(of: try day(today)).description == expected)
    }

    @Test(
        "Chunks by month end with the calendar month",
        arguments: [
            (
                "2026-01-15", "2026-03-02",
                ["2026-01-15 to 2026-01-31", "2026-02-01 to 2026-02-28", "2026-03-01 to 2026-03-02"]
            ),
            ("2026-12-31", "2027-01-01", ["2026-12-31", "2027-01-01"]),
            ("2024-02-01", "2024-02-29", ["2024-02-01 to 2024-02-29"]),
        ])
    func months(_ first: String, _ last: String, _ expected: [String]) throws {
        #expect(try window(first, last).chunks(by: .month).map(\.description) == expected)
    }

    @Test(
        "Chunks by year hold twelve months from their start",
        arguments: [
            ("2024-02-29", "2025-03-01", ["2024-02-29 to 2025-02-27", "2025-02-28 to 2025-03-01"]),
            ("2025-11-21", "2027-01-05", ["2025-11-21 to 2026-11-20", "2026-11-21 to 2027-01-05"]),
            ("2026-01-01", "2026-12-31", ["2026-01-01 to 2026-12-31"]),
        ])
    func years(_ first: String, _ last: String, _ expected: [String]) throws {
        #expect(try window(first, last).chunks(by: .year).map(\.description) == expected)
    }

    @Test("Chunks cover a window exactly: in order, without gap or overlap", arguments: [ChunkSize.month, .year])
    func cover(_ size: ChunkSize) throws {
        let start = try day("2023-10-29")
        for offset in 0..<70 {
            for length in [1, 2, 28, 31, 59, 365, 366, 800] {
                let from = start.adding(days: offset)
                let window = try #require(Window(from: from, until: from.adding(days: length)))
                let chunks = window.chunks(by: size)
                let isGapless = zip(chunks, chunks.dropFirst()).allSatisfy { $0.until == $1.from }
                let isWithinLimit = chunks.allSatisfy { $0.days <= (size == .month ? 31 : 366) }
                guard chunks.first?.from == window.from, chunks.last?.until == window.until, isGapless, isWithinLimit
                else {
                    Issue.record("\(window) is cut into \(chunks)")
                    return
                }
            }
        }
    }

    @Test("A chunk says what it is, as the run log shows it")
    func chunkNames() throws {
        #expect(Chunk.span(try window("2026-10-01", "2026-10-31")).description == "2026-10-01 to 2026-10-31")
        #expect(Chunk.whole.description == "whole")
        #expect(Chunk.parents(["a", "b"]).description == "2 by key")
        #expect(Chunk.sweep(Endpoint("thing.api/current", items: "a")).description == "sweep of thing.api/current")
    }

}
