import Curl
import Inflow
import Postgres
import Sandbox
import Sync
import Testing
import WorkflowMax

/// One seed of the model test: an organisation, its warehouse, and what happens to both.
struct Model {
    let fixture: InflowFixture
    let seed: UInt64
    let session: PostgresConnection
    let diary: ModelDiary
    var random: ModelRandom
    /// Every key the tables have had.
    var known: [String: Set<String>] = [:]

    /// Plays a seed to its end.
    static func play(_ seed: UInt64, rounds: Int, url: String, _ diary: ModelDiary) async throws {
        var configuration = SandboxConfiguration.tiny(seed: seed)
        if let today = LocalDay(InflowFixture.today.description) { configuration.today = today }
        try await InflowFixture.run(configuration, url: url) { fixture in
            try await with(fixture, seed, diary) { model in try await model.play(rounds) }
        }
    }

    /// Runs `body` with a model that has a session of its own.
    static func with(
        _ fixture: InflowFixture, _ seed: UInt64, _ diary: ModelDiary, _ body: (inout Model) async throws -> Void
    ) async throws {
        let session = try await PostgresConnection.connect(to: fixture.url, applicationName: "inflow model")
        do {
            var model = Model(
                fixture: fixture, seed: seed, session: session, diary: diary, random: ModelRandom(seed: seed))
            try await body(&model)
            await session.close()
        } catch {
            await session.close()
            throw error
        }
    }

    private mutating func play(_ rounds: Int) async throws {
        for round in 1...rounds {
            try await edit(round)
            try await fixture.sandbox.control(.post, "faults/clear")
            let choice = random.below(24)
            switch choice {
            case ..<2: try await crash(round)
            case ..<5: try await beside(round)
            case 20: try await late(round)
            case 21: try await quotaEnds(round)
            case 22...: try await costs(round)
            default:
                let lie = try await maybeFault(round)
                try await run(choice < 14 ? try await syncAll() : try targeted(), round, lie: lie)
            }
            try await expectSums("round \(round)")
        }
        try await fixture.sandbox.control(.post, "faults/clear")
        diary.note("end: reconcile")
        try await reconcile()
        try await expectTruth()
        try await expectCosts()
        try await expectSums("the end")
        try await expectNothingDue()
    }

    /// Some edits, the same for a seed and a number.
    private mutating func edit(_ number: Int, _ words: String = "") async throws {
        let edits = try await fixture.sandbox.mutate(seed: seed &* 1000 &+ UInt64(number), count: random.below(8))
        for edit in edits { diary.note("\(number): edit \(edit)\(words)") }
    }

    // MARK: runs

    /// A run by itself, with whatever fault waits for it; `lie` is the path of one that no answer shows.
    private mutating func run(_ plan: RunPlan, _ round: Int, lie: String? = nil) async throws {
        try await fixture.sandbox.control(.post, "log/clear")
        let marked = try await marks()
        let begun = try await now()
        let report = try await sync(plan, workers: random.pick([1, 2, 2, 5]))
        let faults = try await fixture.sandbox.happened()
        diary.note("\(round): \(plan.scope) ended \(report.outcome) after \(faults.sorted()) \(report.error ?? "")")
        let isFatal = !faults.isDisjoint(with: Model.fatal)
        let isLie = !faults.isDisjoint(with: Model.lies)
        let isWell = report.outcome == .green || report.outcome == .warnings
        if isFatal, report.outcome != .failed {
            throw ModelFailure("round \(round) ended \(report.outcome) although it was refused \(faults.sorted())")
        }
        let isRefused = !faults.isDisjoint(with: Model.refused)
        if isRefused, isWell {
            throw ModelFailure("round \(round) ended \(report.outcome) although it was refused \(faults.sorted())")
        }
        let isUnclear = !faults.isDisjoint(with: Model.unclear)
        if !isFatal, !isRefused, !isLie, !isUnclear, !isWell {
            throw ModelFailure("round \(round) ended \(report.outcome) after \(faults.sorted()): \(report.error ?? "")")
        }
        try await expectNothingWronglyMarked(since: marked, "round \(round)")
        try await expectClaims(since: begun, besides: lie, "round \(round)")
        if isWell, !isLie { try await expectRead(plan, "round \(round)") }
    }

    /// A Sync All with a backfill beside it: whichever comes first, both end well and neither disturbs the other.
    private mutating func beside(_ round: Int) async throws {
        let (all, older) = (try await syncAll(), try backfill())
        let marked = try await marks()
        let begun = try await now()
        let fixture = fixture
        async let second = fixture.unchecked(older, workers: 2)
        let first = try await fixture.unchecked(all, workers: 2)
        let reports = [first, try await second]
        diary.note("\(round): Sync All beside \(older.scope) ended \(reports.map(\.outcome))")
        for report in reports { try await expectClosed(report) }
        for report in reports where report.outcome != .green && report.outcome != .warnings {
            throw ModelFailure("round \(round) ended \(report.outcome): \(report.error ?? "")")
        }
        try await expectNothingWronglyMarked(since: marked, "round \(round)")
        try await expectRead(all, "round \(round), Sync All")
        try await expectRead(older, "round \(round), backfill")
        try await expectClaims(since: begun, "round \(round)")
    }

    /// A Sync All one of whose answers is made before some edits and arrives after everything else was read.
    private mutating func late(_ round: Int) async throws {
        let plan = try await syncAll()
        let path = "/\(random.pick(Model.paths)).api"
        try await fixture.sandbox.fault("hold", at: path)
        let fixture = fixture
        let marked = try await marks()
        async let running = fixture.unchecked(plan, workers: 5)
        _ = try await fixture.sandbox.control(.get, "held?count=1")
        try await edit(1000 + round, " while an answer of \(path) is under way")
        let edited = try await now()
        try await fixture.sandbox.control(.post, "release")
        let report = try await running
        diary.note("\(round): \(plan.scope) with a late answer of \(path) ended \(report.outcome)")
        try await expectClosed(report)
        if report.outcome != .green, report.outcome != .warnings {
            throw ModelFailure("round \(round) ended \(report.outcome): \(report.error ?? "")")
        }
        try await expectNothingWronglyMarked(since: marked, "round \(round), a late answer")
        try await expectClaims(since: edited, "round \(round), after a late answer")
    }

    /// A Sync All that the day's quota stops, some edits, and a Sync All of another day.
    private mutating func quotaEnds(_ round: Int) async throws {
        let marked = try await marks()
        let begun = try await now()
        let calls = 5 + random.below(40)
        try await fixture.sandbox.fault("quota_ends", at: "/", times: -1, more: #""after":\#(calls)"#)
        let stopped = try await sync(try await syncAll(), workers: 2)
        diary.note("\(round): Sync All with \(calls) calls left ended \(stopped.outcome)")
        guard [.quota, .green, .warnings].contains(stopped.outcome) else {
            throw ModelFailure("round \(round) ended \(stopped.outcome): \(stopped.error ?? "")")
        }
        try await expectClaims(since: begun, "round \(round), stopped by the quota")
        try await fixture.sandbox.control(.post, "faults/clear")
        try await session.query(
            "update inflow.quota set refused_until = null, is_day_refused = false, day_until = '{}', day_calls = '{}'")
        try await edit(2000 + round, " on another day")
        let nextDay = try await now()
        let report = try await sync(try await syncAll(), workers: 2)
        diary.note("\(round): Sync All of another day ended \(report.outcome)")
        guard report.outcome == .green || report.outcome == .warnings else {
            throw ModelFailure("round \(round) ended \(report.outcome): \(report.error ?? "")")
        }
        try await expectNothingWronglyMarked(since: marked, "round \(round), another day")
        try await expectClaims(since: nextDay, "round \(round), another day")
    }

    /// A Sync All of the real command that dies somewhere, and the run after it.
    private mutating func crash(_ round: Int) async throws {
        let points = Failpoint.allCases.filter { $0 != .tokenBeforeStore && $0 != .tokenStored }
        let point = random.pick(points)
        let pass = [.runBegun, .runBeforeFinish].contains(point) ? 1 : 1 + random.below(12)
        let dead = try await fixture.start(
            ["sync", fixture.connection.name], ["INFLOW_FAILPOINT": "\(point.rawValue):\(pass)"]
        ).ending()
        diary.note("\(round): Sync All with \(point.rawValue):\(pass) \(dead.wasKilled ? "died" : "ended")")
        // A point that was not passed so often lets the run end.
        guard dead.wasKilled ? dead.code == 9 : dead.code == 0 || dead.code == 2 else {
            throw ModelFailure("round \(round): \(dead)")
        }
        try await run(try await syncAll(), round)
    }

    // MARK: faults

    /// Faults that no number of tries overcomes: the run must say that it failed.
    private static let fatal: Set = ["error_status", "status500"]
    /// Answers that prove nothing, or refuse one list: the run must not say that it is well.
    private static let refused: Set = ["renamed_container", "forbidden", "forbidden_xml"]
    /// Answers to reads by key that prove nothing: an entity whose list gives keys alone must fail, others keep their rows.
    private static let unclear: Set = ["generic_error"]
    /// Answers whose form does not show that they are wrong: what was read cannot be relied on.
    private static let lies: Set = ["valid_empty", "half_list"]
    /// Faults that are overcome by asking again, or that do no harm.
    private static let passing = [
        "status503", "html502", "reset", "cut_body", "empty_body", "truncated_xml", "status429", "expire_token",
        "duplicate_rows",
    ]
    private static let paths = [
        "client", "clientgroup", "staff", "supplier", "task", "cost", "category", "customfield", "lead", "job", "quote",
        "purchaseorder", "invoice", "time",
    ]

    /// Sets a fault, or none; the path of one that no answer shows.
    private mutating func maybeFault(_ round: Int) async throws -> String? {
        let roll = random.below(100)
        guard roll < 55 else { return nil }
        var path = "/\(random.pick(Model.paths)).api"
        var (kind, times) = ("", 1)
        switch roll {
        case 45..<51:
            // Only lists: that one record may not be seen proves nothing of it, and does no harm.
            (path, kind, times) = (path + "/list", random.pick(Model.refused.sorted()), -1)
        case 51...: (path, kind, times) = (path + "/get", "generic_error", -1)
        case ..<25: (kind, times) = (random.pick(Model.passing), 1 + random.below(2))
        case ..<35: (kind, times) = (random.pick(Model.fatal.sorted()), -1)
        default: (kind, times) = (random.pick(Model.lies.sorted()), random.below(2) == 0 ? 1 : -1)
        }
        // A token refreshed because it was refused and refused again is a matter for a person.
        if kind == "expire_token" { times = 1 }
        let nth = times < 0 ? 1 : 1 + random.below(2)
        try await fixture.sandbox.fault(kind, at: path, times: times, more: #""nth":\#(nth)"#)
        diary.note("\(round): fault \(kind) at \(path), call \(nth), times \(times)")
        return Model.lies.contains(kind) ? path : nil
    }
}
