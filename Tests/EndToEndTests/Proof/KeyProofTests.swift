import Curl
import Foundation
import Inflow
import Postgres
import Sync
import TestSupport
import Testing

@Suite("10.A1 What proves that a record asked for by key is gone", .database(.warehouse), .timeLimit(.minutes(5)))
struct KeyProofTests {
    /// An entity with a list of which one row can be cut, and the call for one of its records.
    struct Place: Sendable, CustomTestStringConvertible {
        let entity, list, get: String
        /// The column whose value the call takes.
        let asked: String

        var testDescription: String { entity }

        static let all = [
            Place(entity: "timesheet", list: "/time.api/list", get: "/time.api/get", asked: "uuid"),
            Place(entity: "invoice", list: "/invoice.api/list", get: "/invoice.api/get", asked: "number"),
            Place(entity: "client", list: "/client.api/list", get: "/client.api/get", asked: "uuid"),
        ]
    }

    /// A fault of the answers by key: its kind, and further fields of it.
    struct Fault: Sendable, CustomTestStringConvertible {
        var kind: String
        var more = ""

        var testDescription: String { "\(kind) \(more)" }

        static let all = [
            Fault(kind: "generic_error"),
            Fault(kind: "generic_error", more: #""text":"Unable to find database connection""#),
            Fault(kind: "generic_error", more: #""text":"Unable to read {identifier} now""#),
            Fault(kind: "generic_error", more: #""status":404"#),
            Fault(kind: "no_route"), Fault(kind: "empty_404"), Fault(kind: "bare_ok"), Fault(kind: "empty_container"),
        ]
    }

    private static var month: Window? { Window(month: InflowFixture.today.startOfMonth.adding(months: -2)) }

    /// A plan of one month of an entity, or of its list.
    private func plan(_ fixture: InflowFixture, _ entity: EntityDefinition) throws -> RunPlan {
        let chunk: Chunk = entity.isDated ? .span(try #require(Self.month)) : .whole
        return fixture.plan([RunPlan.Part(entity: entity, chunks: [chunk])])
    }

    @Test("10.A1 An error, or an answer of nothing, by key marks nothing", arguments: Place.all, Fault.all)
    func generalFault(_ place: Place, _ fault: Fault) async throws {
        try await InflowFixture.run { fixture in
            let entity = try InflowFixture.entity(place.entity)
            let plan = try plan(fixture, entity)
            try await fixture.sync(plan)
            let rows = try await fixture.count(entity.table)
            try #require(rows > 2)
            try await fixture.sandbox.fault("cut_list", at: place.list, times: -1, more: #""most":\#(rows - 1)"#)
            try await fixture.sandbox.fault(fault.kind, at: place.get, times: -1, more: fault.more)
            let report = try await fixture.sync(plan)
            try await expectLive(fixture, entity, report)
        }
    }

    @Test("10.A1 Such an answer to one record, while others are given, marks nothing", arguments: Place.all, Fault.all)
    func faultOfOne(_ place: Place, _ fault: Fault) async throws {
        try await InflowFixture.run { fixture in
            let entity = try InflowFixture.entity(place.entity)
            let plan = try plan(fixture, entity)
            try await fixture.sync(plan)
            let rows = try await fixture.count(entity.table)
            try #require(rows > 2)
            try await fixture.sandbox.fault("cut_list", at: place.list, times: -1, more: #""most":\#(rows - 1)"#)
            // The first call by key is the one for what is missing.
            try await fixture.sandbox.fault(fault.kind, at: place.get, times: 1, more: fault.more)
            let report = try await fixture.sync(plan)
            try await expectLive(fixture, entity, report)
        }
    }

    private func expectLive(
        _ fixture: InflowFixture, _ entity: EntityDefinition, _ report: RunReport,
        location: SourceLocation = #_sourceLocation
    ) async throws {
        #expect(report.outcome == .warnings, sourceLocation: location)
        let warnings = try #require(report.entities.first { $0.entity == entity.name }).warnings
        #expect(warnings.contains { $0.contains("1 row") }, "\(warnings)", sourceLocation: location)
        #expect(
            try await fixture.number("select count(*) from \(entity.table) where deleted_at is not null") == 0,
            sourceLocation: location)
        let missing = try await fixture.query(
            "select status from inflow.missing where entity = $1", [.text(entity.name)])
        #expect(try missing.map { try $0["status"].string } == ["missing"], sourceLocation: location)
    }

    @Test(
        "10.A1 What the platform does not know, as it does not know a made-up key, is marked by three calls",
        arguments: Place.all, ["", "unknownIsUnnamed", "unknownIsStatusError"])
    func gone(_ place: Place, _ form: String) async throws {
        try await InflowFixture.run { fixture in
            let entity = try InflowFixture.entity(place.entity)
            let plan = try plan(fixture, entity)
            if !form.isEmpty { try await fixture.sandbox.control(.post, "switches", #"{"\#(form)":true}"#) }
            try await fixture.sync(plan)
            let key = try #require(
                try await fixture.sandbox.truth(place.entity, in: entity.isDated ? Self.month : nil).keys.first)
            try await fixture.sandbox.delete(place.entity, key)
            let report = try await fixture.sync(plan)
            #expect(report.outcome == .green, "\(report.warnings)")
            let marked = try await fixture.query("select uuid from \(entity.table) where deleted_at is not null")
            #expect(try marked.map { try $0["uuid"].string } == [key])
            #expect(try await fixture.number("select count(*) from inflow.missing") == 0)
            #expect(try await fixture.calls(byKey: place.get) == 3)
        }
    }

    @Test("10.A1 What could not be proved is asked for again, and marked once it is proved")
    func later() async throws {
        let place = Place.all[1]
        try await InflowFixture.run { fixture in
            let entity = try InflowFixture.entity(place.entity)
            let plan = try plan(fixture, entity)
            try await fixture.sync(plan)
            let key = try #require(try await fixture.sandbox.truth(place.entity, in: Self.month).keys.first)
            try await fixture.sandbox.delete(place.entity, key)
            try await fixture.sandbox.fault("generic_error", at: place.get, times: 1)
            #expect(try await fixture.sync(plan).outcome == .warnings)
            #expect(try await fixture.sync(plan).outcome == .green)
            #expect(
                try await fixture.number("select count(*) from \(entity.table) where deleted_at is not null") == 1)
        }
    }
}

extension InflowFixture {
    /// How often records were asked for by key at a path.
    fileprivate func calls(byKey path: String) async throws -> Int {
        struct Call: Decodable { var target: String }
        let calls = try JSONDecoder().decode([Call].self, from: try await sandbox.control(.get, "log"))
        return calls.count { $0.target.hasPrefix(path + "/") }
    }
}
