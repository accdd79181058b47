import Inflow
import Testing
import Warehouse

@testable import Sync

@Suite("The table of failures and recoveries")
struct RecoveryTableTests {
    private static let source: [SourceError.Code: Recovery] = [
        .unreachable: .retry, .timedOut: .retry, .cutOff: .retry, .platformDown: .retry, .rateLimited: .retry,
        .malformedAnswer: .retry, .countersDisagree: .retry, .quotaStore: .retry, .platformError: .retryOnce,
        .badRequest: .failChunk, .notFound: .failChunk, .archive: .failChunk, .tls: .failRun, .forbidden: .failRun,
        .badConfiguration: .failRun, .tokenStore: .failRun, .dayLimitReached: .stopForQuota, .reserveKept: .postpone,
        .consentNeeded: .waitForPerson, .credentialsRefused: .waitForPerson, .unauthorised: .waitForPerson,
        .cancelled: .interrupted,
    ]
    private static let warehouse: [WarehouseError.Code: Recovery] = [
        .connectionLost: .retry, .busy: .retry, .statementFailed: .failChunk, .arithmetic: .failChunk,
        .unreachable: .failRun, .notAllowed: .failRun, .newerSchema: .failRun, .olderSchema: .failRun,
        .changedMigration: .failRun, .schemaDiffers: .failRun, .runClosed: .failRun, .unknownConnection: .failRun,
        .connectionExists: .failRun, .keyMissing: .failRun, .tokenSuperseded: .failRun, .outOfResources: .failRun,
        .notAuthorised: .waitForPerson, .cancelled: .interrupted, .unknownWord: .failRun,
    ]

    @Test("Every failure of the platform has its recovery", arguments: SourceError.Code.allCases)
    func platform(code: SourceError.Code) {
        let error = SourceError(code, subject: "a list", message: "It went wrong.")
        #expect(RecoveryPolicy.recovery(for: .source(error)) == Self.source[code])
    }

    @Test("Every failure of the warehouse has its recovery", arguments: WarehouseError.Code.allCases)
    func warehouse(code: WarehouseError.Code) {
        let error = WarehouseError(code, message: "It went wrong.")
        #expect(RecoveryPolicy.recovery(for: .warehouse(error)) == Self.warehouse[code])
    }

    @Test("Six tries wait a minute at most in all, an error of the platform's own is tried twice, others once")
    func tries() {
        let pattern = RetryPattern()
        func tries(_ code: SourceError.Code, isPart: Bool = false) -> Int {
            pattern.tries(after: .source(SourceError(code, subject: "", message: "")), isPart: isPart)
        }
        #expect(tries(.cutOff) == 6 && tries(.platformError) == 2 && tries(.badRequest) == 1 && tries(.tls) == 1)
        #expect(tries(.malformedAnswer, isPart: true) == 2)
        let waits = (1..<6).map { pattern.pause(after: $0, spread: 1) }
        #expect(waits.reduce(.zero, +) <= .seconds(60))
        #expect(pattern.pause(after: 3, spread: 0) < pattern.pause(after: 3, spread: 1), "pauses are spread")
    }

    @Test("A span that cannot be read is halved down to a day; other failures and other chunks are not")
    func halves() throws {
        func work(_ chunk: Chunk) throws -> RunBoard.Work {
            RunBoard.Work(
                part: 0, entity: try InflowFixture.entity("timesheet"), chunk: chunk, reason: .asked, derived: nil)
        }
        var error = SourceError(.malformedAnswer, subject: "", message: "")
        error.isBodyUnreadable = true
        let first = try #require(LocalDate("2026-03-01"))
        let days = (1...31).compactMap { Window(first: first, last: first.adding(days: $0 - 1)) }
        for window in days {
            let halves = try work(.span(window)).halves(after: .source(error), dividingSlow: false) ?? []
            #expect(halves.count == (window.days == 1 ? 0 : 2))
            let spans = halves.compactMap { chunk in if case .span(let span) = chunk { span } else { nil } }
            if let one = spans.first, let other = spans.last, spans.count == 2 {
                #expect(one.from == window.from && one.until == other.from && other.until == window.until)
            }
        }
        #expect(try work(.span(days[0])).isOneUnreadableDay(.source(error)))
        #expect(try work(.whole).halves(after: .source(error), dividingSlow: false) == nil)
        error.isBodyUnreadable = false
        #expect(try work(.span(days[30])).halves(after: .source(error), dividingSlow: false) == nil)
    }
}
