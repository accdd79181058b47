import Inflow
import TestSupport
import Testing
import Warehouse

@testable import Sync

/// What a person sees of a run one of whose lists always fails in the same way.
private struct Seen: Equatable, CustomStringConvertible {
    /// How often the failing list was asked for.
    let tries: Int
    /// Whether the list after it was still read.
    let goesOn: Bool
    let exitCode: Int32

    var description: String { "\(tries) tries, \(goesOn ? "goes on" : "stops"), exit \(exitCode)" }

    /// Something that may pass: six tries, and the others are read.
    static let passing = Seen(tries: 6, goesOn: true, exitCode: 1)
    /// An error of the platform's own: one more try.
    static let seldomPassing = Seen(tries: 2, goesOn: true, exitCode: 1)
    /// The same request would get the same answer.
    static let lasting = Seen(tries: 1, goesOn: true, exitCode: 1)
    /// No request of the run can succeed.
    static let hopeless = Seen(tries: 1, goesOn: false, exitCode: 1)
    /// A person must authorise again.
    static let consent = Seen(tries: 1, goesOn: false, exitCode: 5)
    /// The day's calls are spent.
    static let quota = Seen(tries: 1, goesOn: false, exitCode: 4)
    static let interrupted = Seen(tries: 1, goesOn: false, exitCode: 130)
}

@Suite("What a run does about a failure", .timeLimit(.minutes(5)))
struct RecoveryTests {
    /// What `Operations.md` promises for each failure.
    ///
    /// A new code does not compile here until it has a line.
    private func promised(_ code: SourceError.Code) -> Seen {
        switch code {
        case .unreachable, .timedOut, .cutOff, .platformDown, .rateLimited, .malformedAnswer, .countersDisagree,
            .quotaStore:
            .passing
        case .platformError: .seldomPassing
        case .badRequest, .notFound, .archive, .unknownEncoding, .forbidden: .lasting
        case .tls, .badConfiguration, .tokenStore: .hopeless
        case .consentNeeded, .credentialsRefused, .unauthorised: .consent
        case .dayLimitReached: .quota
        // Calls are left for the person who asks now, so the run goes on without this list and says so (exit 2).
        case .reserveKept: Seen(tries: 1, goesOn: true, exitCode: 2)
        case .cancelled: .interrupted
        }
    }

    @Test(
        "Each failure of the platform is tried, passed over or stops the run, as the operator is promised",
        .database(.warehouse), arguments: SourceError.Code.allCases)
    func platform(code: SourceError.Code) async throws {
        let fixture = try await SyncFixture { entity, _, _ in
            entity.name == "job_category" ? [.failure(code)] : [.staff("s")]
        }
        let report = try await fixture.engine().run(try fixture.plan("job_category", "staff"))
        let goesOn = fixture.source.readings(of: "staff") > 0
        let seen = Seen(
            tries: fixture.source.readings(of: "job_category"), goesOn: goesOn, exitCode: report.outcome.exitCode)
        #expect(seen == promised(code))
        #expect(try await fixture.column("select uuid from wfm.staff") == (goesOn ? ["s"] : []))
        let logged = try await fixture.column("select status from inflow.run where id = \(report.run)")
        #expect(logged == [report.outcome.rawValue])
    }

    /// The same for the warehouse, whose every failure cannot be made to happen on a healthy server: asked of the board.
    private func promised(_ code: WarehouseError.Code) -> Seen {
        switch code {
        case .connectionLost, .statementCancelled, .busy: .passing
        case .statementFailed, .arithmetic, .linesMissing: .lasting
        case .unreachable, .unfitServer, .notAllowed, .newerSchema, .olderSchema, .changedMigration, .schemaDiffers,
            .runClosed,
            .unknownWord, .unknownConnection, .connectionExists, .unknownAccount, .accountExists, .lastAdmin,
            .otherOrganisation, .unusableZone, .keyMissing,
            .tokenSuperseded, .outOfResources:
            .hopeless
        case .notAuthorised: .consent
        case .cancelled: .interrupted
        }
    }

    @Test(
        "Each failure of the warehouse is tried, passed over or stops the run", arguments: WarehouseError.Code.allCases)
    func warehouse(code: WarehouseError.Code) async throws {
        let failure = Failure.warehouse(WarehouseError(code, message: "It went wrong."))
        let parts = try ["job_category", "staff"].map {
            RunPlan.Part(entity: try ScriptedSource.entity($0), chunks: [.whole])
        }
        let board = RunBoard(
            RunPlan(trigger: .targeted, scope: "", parts: parts, known: []), endEntity: { _ in })
        let first = try #require(await board.next(after: nil))
        var outcome = ChunkOutcome()
        outcome.failure = failure
        await board.done(first, outcome)
        let second = await board.next(after: nil)
        if let second { await board.done(second, ChunkOutcome()) }
        let (entities, stopped) = await board.finish()
        var results = RunResults()
        results.add(entities, stopped)
        let seen = Seen(
            tries: RetryPattern().tries(after: failure), goesOn: second != nil, exitCode: results.outcome.exitCode)
        #expect(seen == promised(code))
    }

    @Test("A reading that works at the sixth try is loaded, and the run is green", .database(.warehouse))
    func sixthTry() async throws {
        let fixture = try await SyncFixture { _, _, before in
            before < 5 ? [.failure(.platformDown)] : [.categories("a")]
        }
        let report = try await fixture.engine().run(try fixture.plan("job_category"))
        #expect(report.outcome == .green && report.tally.inserted == 1)
        #expect(report.traffic.calls == 6)
        let tries = try await fixture.column("select tries from inflow.chunk where run_id = \(report.run)")
        #expect(tries == ["6"])
    }

    @Test("Six tries wait half a minute to a minute in all, and the pauses are spread")
    func pauses() {
        let pattern = RetryPattern()
        let longest = (1..<6).map { pattern.pause(after: $0, spread: 1) }.reduce(.zero, +)
        let shortest = (1..<6).map { pattern.pause(after: $0, spread: 0) }.reduce(.zero, +)
        #expect(longest == .seconds(31) && shortest == .seconds(15.5))
        #expect(pattern.pause(after: 5, spread: 1) == .seconds(16))
    }

    @Test("A part of an answer that could not be read is tried twice")
    func part() {
        let error = Failure.source(SourceError(.malformedAnswer, subject: "", message: ""))
        #expect(RetryPattern().tries(after: error, isPart: true) == 2)
        #expect(RetryPattern().tries(after: error, isPart: false) == 6)
    }
}
