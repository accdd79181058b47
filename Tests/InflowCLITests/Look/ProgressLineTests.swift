import Testing

@testable import InflowCLI

@Suite("The line that shows how far a run is")
struct ProgressLineTests {
    private var line: ProgressLine {
        var line = ProgressLine()
        line.add("about 2 min to go")
        line.add("waiting for calls: 60 of 60 used, next in 34 s", short: "waiting for calls, next in 34 s")
        line.add("75 s")
        line.add("60 calls")
        line.add("12,345 rows")
        line.setNames(["invoice 4,000", "timesheet 8,345", "quote 0"])
        return line
    }

    @Test("What is still to do stands first and names last; nothing is cut in the middle of a word")
    func order() {
        #expect(
            line.text(columns: 200)
                == "about 2 min to go  waiting for calls: 60 of 60 used, next in 34 s  75 s  60 calls  12,345 rows  "
                + "invoice 4,000 · timesheet 8,345 · quote 0")
        #expect(
            line.text(columns: 115)
                == "about 2 min to go  waiting for calls: 60 of 60 used, next in 34 s  75 s  60 calls  12,345 rows  "
                + "invoice 4,000 …")
    }

    @Test("At 60 columns it says what is still to do and what it waits for")
    func narrow() {
        #expect(line.text(columns: 59) == "about 2 min to go  waiting for calls, next in 34 s  75 s")
        #expect(line.text(columns: 20) == "about 2 min to go")
    }

    @Test("No line is longer than the terminal", arguments: 1...160)
    func fits(columns: Int) {
        #expect(line.text(columns: columns).count <= columns)
    }

    @Test(
        "The time that is left follows the limit of calls a minute where that is the slower of the two",
        arguments: [
            // left, made, elapsed, limit -> words
            (120, 60, 5.0, 60, "about 2 min to go"), (60, 60, 5.0, 60, "about 55 s to go"),
            (30, 10, 10.0, 0, "about 30 s to go"),
            (5_000, 60, 30.0, 0, "about 42 min to go"), (20_000, 10, 10.0, 60, "about 6 h to go"),
        ])
    func remaining(left: Int, made: Int, elapsed: Double, limit: Int, words: String) throws {
        let seconds = try #require(
            RemainingTime.seconds(callsLeft: left, callsMade: made, elapsed: elapsed, perMinute: limit))
        #expect(RemainingTime.words(seconds) == words)
    }

    @Test("Waiting for calls does not make the time that is left longer")
    func waiting() throws {
        let seconds = (5...58).map { second in
            RemainingTime.seconds(
                callsLeft: 30, callsMade: 20, elapsed: Double(second), waited: Double(second - 2), perMinute: 20)
        }
        for (one, next) in zip(seconds, seconds.dropFirst()) { #expect(try #require(next) < (try #require(one))) }
    }

    @Test("A followed run is expected to make as many calls for each chunk to come as for those that are done")
    func expected() {
        #expect(RunView.expectedCalls(planned: 30, done: 10, made: 25) == 75)
        #expect(RunView.expectedCalls(planned: 30, done: 0, made: 0) == 30)
        // Chunks that answers made necessary were not planned.
        #expect(RunView.expectedCalls(planned: 3, done: 4, made: 5) == 5)
    }

    @Test("Nothing is said before anything is known, and when nothing is left")
    func unknown() {
        #expect(RemainingTime.seconds(callsLeft: 10, callsMade: 0, elapsed: 3, perMinute: 0) == nil)
        #expect(RemainingTime.seconds(callsLeft: 0, callsMade: 10, elapsed: 3, perMinute: 60) == nil)
    }
}
