import Foundation
import Inflow
import Testing
import Warehouse

@testable import Sync

@Suite("The board of a run's chunks", .timeLimit(.minutes(5)))
struct RunBoardTests {
    private func span(_ first: String, _ last: String) throws -> Window {
        let (from, until) = (try #require(LocalDate(first)), try #require(LocalDate(last)))
        return try #require(Window(first: from, last: until))
    }

    private func board(_ chunks: [String: [Chunk]], purpose: CallPurpose = .run) throws -> RunBoard {
        let parts = try chunks.sorted { $0.key < $1.key }.map {
            RunPlan.Part(entity: try ScriptedSource.entity($0.key), chunks: $0.value)
        }
        var plan = RunPlan(trigger: .targeted, scope: "", parts: parts, known: ScriptedSource.entities)
        plan.purpose = purpose
        return RunBoard(plan, endEntity: { _ in })
    }

    private func failed(
        _ code: SourceError.Code, isBodyUnreadable: Bool = false, breaksInside: Bool = true
    ) -> ChunkOutcome {
        var error = SourceError(code, subject: "", message: "It went wrong.")
        (error.isBodyUnreadable, error.breaksInside) = (isBodyUnreadable, isBodyUnreadable && breaksInside)
        var outcome = ChunkOutcome()
        outcome.failure = .source(error)
        return outcome
    }

    private var loaded: ChunkOutcome {
        var outcome = ChunkOutcome()
        outcome.merged = LoadResult()
        return outcome
    }

    @Test(
        "The fifth chunk in a row of one entity that fails for good gives up the entity; a loaded one begins the count anew"
    )
    func failuresInRow() async throws {
        let days = try (1...9).map { Chunk.span(try span("2026-03-0\($0)", "2026-03-0\($0)")) }
        let board = try board(["timesheet": days])
        for outcome in Array(repeating: failed(.cutOff), count: 4) + [loaded] {
            await board.done(try #require(await board.next(after: nil)), outcome)
        }
        for _ in 1...4 {
            await board.done(try #require(await board.next(after: nil), "the count began anew"), failed(.cutOff))
        }
        #expect(await board.finish().1 == nil)

        let another = try self.board(["timesheet": days])
        for _ in 1...5 { await another.done(try #require(await another.next(after: nil)), failed(.cutOff)) }
        #expect(await another.next(after: nil) == nil)
        let (entities, stopped) = await another.finish()
        #expect(stopped == nil, "the other entities of a run would go on")
        let words = "5 readings in a row failed on their last try: Inflow leaves 4 more of timesheet"
        #expect(entities[0].errors.last?.contains(words) == true)
        #expect(entities[0].failed.count == 9 && entities[0].status == .failed)
    }

    @Test("Failures in a row of three entities stop the run: the platform is down")
    func platformDown() async throws {
        let days = try (1...2).map { Chunk.span(try span("2026-03-0\($0)", "2026-03-0\($0)")) }
        let board = try board(["timesheet": days, "quote": days, "staff": [.whole], "task": [.whole]])
        for _ in 1...5 { await board.done(try #require(await board.next(after: nil)), failed(.cutOff)) }
        #expect(await board.next(after: nil) == nil)
        guard case .source(let error) = await board.finish().1 else {
            Issue.record("the run was not stopped")
            return
        }
        #expect(error.code == .platformDown && error.message.contains("5 readings in a row"))
    }

    @Test("A list that the platform refuses fails its entity, all of it, and the others are read")
    func forbidden() async throws {
        let days = try (1...3).map { Chunk.span(try span("2026-03-0\($0)", "2026-03-0\($0)")) }
        let board = try board(["staff": [.whole], "task": [.whole], "timesheet": days])
        var read: [String] = []
        while let work = await board.next(after: nil) {
            read.append(work.entity.name)
            await board.done(work, work.entity.name == "timesheet" ? failed(.forbidden) : loaded)
        }
        let (entities, stopped) = await board.finish()
        #expect(stopped == nil && read.sorted() == ["staff", "task", "timesheet"], "it is asked for once")
        #expect(entities.map(\.status) == [.green, .green, .failed])
        var results = RunResults()
        results.add(entities, stopped)
        #expect(results.outcome == .failed)
        #expect(results.error?.hasPrefix("Failed in part: 1 of 3 entities; the others were read.") == true)
    }

    @Test("Three refused entities and no answer at all stop the run: the organisation is refused")
    func refusedOrganisation() async throws {
        let board = try board(["staff": [.whole], "task": [.whole], "supplier": [.whole], "cost": [.whole]])
        for _ in 1...3 { await board.done(try #require(await board.next(after: nil)), failed(.forbidden)) }
        #expect(await board.next(after: nil) == nil)
        #expect(await board.finish().1 != nil)
    }

    @Test("An unreadable span is halved down to its days; the one bad day is unreadable and the span does not count")
    func halving() async throws {
        let whole = try span("2026-03-01", "2026-03-08")
        let bad = try #require(LocalDate("2026-03-06"))
        let board = try board(["timesheet": [.span(whole)]])
        var days: [Int] = []
        while let work = await board.next(after: nil) {
            guard case .span(let window) = work.chunk else { continue }
            days.append(window.days)
            let isBad = window.from <= bad && bad < window.until
            await board.done(work, isBad ? failed(.malformedAnswer, isBodyUnreadable: true) : loaded)
        }
        let result = try #require(await board.finish().0.first)
        #expect(days == [8, 4, 4, 2, 1, 1, 2])
        #expect(result.unreadableDays == 1 && result.errors == [])
        #expect(result.loadedChunks == 3 && result.loaded.isEmpty, "a span with a hole is not read")
    }

    @Test("A day whose answer is no answer at all is a failed reading, and no rejection")
    func noAnswerAtAll() async throws {
        let board = try board(["timesheet": [.span(try span("2026-03-01", "2026-03-02"))]])
        while let work = await board.next(after: nil) {
            guard case .span(let window) = work.chunk else { continue }
            let isBad = window.until > (try #require(LocalDate("2026-03-02")))
            let bad = failed(.malformedAnswer, isBodyUnreadable: true, breaksInside: false)
            await board.done(work, isBad ? bad : loaded)
        }
        let result = try #require(await board.finish().0.first)
        #expect(result.unreadableDays == 0 && result.errors.count == 1 && result.loadedChunks == 1)
        #expect(result.status == .failed, "\(result.status)")
    }

    @Test("A chunk comes next of the entity that has fewest in hand")
    func inTurn() async throws {
        let days = try (1...3).map { Chunk.span(try span("2026-03-0\($0)", "2026-03-0\($0)")) }
        let board = try board(["timesheet": days, "quote": days])
        var parts: [Int] = []
        for _ in 1...4 { parts.append(try #require(await board.next(after: nil)).part) }
        #expect(Set(parts.prefix(2)) == [0, 1] && Set(parts.suffix(2)) == [0, 1], "\(parts)")
    }

    @Test(
        "A span that is read in halves counts as one, asked for when its earlier half was",
        arguments: [[20.0, 10], [10, 20]])
    func halvesAddUp(seconds: [Double]) async throws {
        let whole = try span("2026-03-01", "2026-03-02")
        let board = try board(["timesheet": [.span(whole)]])
        await board.done(
            try #require(await board.next(after: nil)), failed(.malformedAnswer, isBodyUnreadable: true))
        for second in seconds {
            var outcome = loaded
            outcome.merged?.askedAt = Instant(timeIntervalSince1970: second)
            await board.done(try #require(await board.next(after: nil)), outcome)
        }
        let result = try #require(await board.finish().0.first)
        #expect(result.loaded.map(\.chunk) == [.span(whole)])
        #expect(result.loaded.map(\.askedAt) == [Instant(timeIntervalSince1970: 10)])
        #expect(result.warnings.count == 1 && result.isWarning)
    }

    @Test("Only an unreadable body is halved, and only a span of days")
    func whatIsHalved() async throws {
        let week = try span("2026-03-01", "2026-03-07")
        for (chunk, outcome) in [
            (Chunk.span(week), failed(.malformedAnswer)), (.whole, failed(.malformedAnswer, isBodyUnreadable: true)),
        ] {
            let board = try board(["timesheet": [chunk]])
            await board.done(try #require(await board.next(after: nil)), outcome)
            #expect(await board.next(after: nil) == nil)
            #expect(await board.finish().0.first?.errors.count == 1)
        }
    }

    @Test("Calls kept in reserve leave a chunk to another day; a background run stops")
    func reserve() async throws {
        for (purpose, goesOn) in [(CallPurpose.run, true), (.background, false)] {
            let board = try board(["job_category": [.whole], "staff": [.whole]], purpose: purpose)
            await board.done(try #require(await board.next(after: nil)), failed(.reserveKept))
            #expect((await board.next(after: nil) != nil) == goesOn)
            let (entities, stopped) = await board.finish()
            #expect(entities.map(\.postponed) == (goesOn ? [1, 0] : [0, 0]) && (stopped == nil) == goesOn)
        }
    }

    @Test("Spans of an entity wait for its lists of open documents, and a waiting worker is woken")
    func sweepsFirst() async throws {
        let entity = try ScriptedSource.entity("invoice")
        let sweeps = entity.sweeps.map(Chunk.sweep)
        try #require(!sweeps.isEmpty)
        let month = Chunk.span(try span("2026-03-01", "2026-03-31"))
        let board = try board(["invoice": [month] + sweeps])
        var taken: [RunBoard.Assignment] = []
        for _ in sweeps { taken.append(try #require(await board.next(after: nil))) }
        #expect(taken.map(\.chunk.isSweep).contains(false) == false, "the span is first in the plan and comes last")
        async let waiting = board.next(after: nil)
        for work in taken { await board.done(work, loaded) }
        #expect(await waiting?.chunk == month)
    }

    @Test("A worker is given the entity that has the fewest chunks in hand")
    func spreads() async throws {
        let days = try (1...3).map { Chunk.span(try span("2026-03-0\($0)", "2026-03-0\($0)")) }
        let board = try board(["cost": [.whole], "timesheet": days])
        let first = try #require(await board.next(after: nil))
        let second = try #require(await board.next(after: nil))
        #expect(Set([first.entity.name, second.entity.name]) == ["cost", "timesheet"])
    }

    @Test("After a stop nothing is handed out, and what was not read is marked so")
    func stops() async throws {
        let board = try board(["job_category": [.whole], "staff": [.whole]])
        await board.done(try #require(await board.next(after: nil)), failed(.tls))
        #expect(await board.next(after: nil) == nil)
        let (entities, _) = await board.finish()
        #expect(entities.map(\.status) == [.failed, .skipped])
    }
}
