import Inflow
import Postgres
import TestSupport
import Testing

@testable import Warehouse
@testable import WorkflowMax

/// What every entity gets for free.
@Suite("Every entity", .platform)
struct EntityTests {
    private static func entity(_ name: String) throws -> EntityDefinition {
        try #require(WorkflowMax.entities.first { $0.name == name })
    }

    /// One record with a line in each of its tables; every text is `text`, every number `number`.
    private static func record(of entity: EntityDefinition, _ text: String, _ number: Int64) -> ShapedBatch {
        var shaped = ShapedBatch()
        let tables = [(entity.columns, entity.key)] + entity.children.map { ($0.columns, $0.key) }
        for (columns, key) in tables {
            var block = RowBlock(width: columns.count + 1)
            block.ordinals = [0]
            block.values =
                columns.map { column in
                    let isKey = key.contains(column.name) || column.kind == .parent
                    let bytes = Array((isKey ? "key" : text).utf8)
                    let start = Int32(shaped.arena.count)
                    switch column.kind {
                    case .text, .identifier, .code, .parent, .outer, .identifierOrPosition:
                        shaped.arena += bytes
                        return .text(start: start, length: Int32(bytes.count))
                    case .decimal, .money:
                        let digits = Array(String(number).utf8)
                        shaped.arena += digits
                        return .decimal(start: start, length: Int32(digits.count))
                    case .integer, .minutes: return .integer(number)
                    case .position: return .integer(1)
                    case .boolean: return .boolean(number == 1)
                    case .date: return .date(isKey ? 20_000 : Int32(20_000 + number))
                    case .moment: return .moment(number * 1_000_000)
                    case .instant: return .instant(number * 1_000_000)
                    case .clock: return .clock(Int32(number))
                    }
                } + [.null]
            shaped.blocks.append(block)
        }
        return shaped
    }

    private func places(_ entity: EntityDefinition, _ fixture: LoaderFixture) async throws -> [String] {
        var places: [String] = []
        for table in [entity.table] + entity.children.map(\.table) {
            places += try await fixture.rows("select '\(table)', ctid, xmin from \(quoted(table))")
        }
        return places
    }

    @Test(
        "It is loaded, loaded again without a write, also by a newer version, and changed with one version in history",
        arguments: WorkflowMax.entities.map(\.name))
    func loads(name: String) async throws {
        let fixture = try await LoaderFixture()
        let entity = try EntityTests.entity(name)
        let key = entity.key.map { name in
            entity.columns.contains { $0.name == name && $0.kind == .position } ? "1" : "key"
        }.joined(separator: "/")
        let (first, second) = (EntityTests.record(of: entity, "one", 1), EntityTests.record(of: entity, "two", 2))
        #expect(try await fixture.load(first, as: entity).words == "1 = 1 inserted")
        let before = try await places(entity, fixture)
        #expect(before.count == 1 + entity.children.count)
        #expect(try await fixture.load(first, as: entity).words == "1 = 1 unchanged")
        #expect(try await fixture.load(first, as: entity.raised).words == "1 = 1 unchanged")
        #expect(try await places(entity, fixture) == before)
        #expect(try await fixture.load(second, as: entity).words == "1 = 1 updated")
        let history = try await fixture.rows("select key from inflow.history where entity = $1", .text(name))
        #expect(history == [key])
    }

    @Test("An invoice read from the open list keeps its lines and gets them from the whole list")
    func invoice() async throws {
        let entity = try EntityTests.entity("invoice")
        let open = try #require(entity.sweeps.first { $0.carries == .header })
        let header = "<UUID>i</UUID><ID>INV-1</ID><Date>2026-10-01T00:00:00</Date><Status>%</Status>"
        let jobs = """
            <Jobs><Job><ID>J1</ID><Tasks><Task><UUID>t</UUID><Minutes>60</Minutes></Task></Tasks>
            <Costs><Cost><Code>C</Code></Cost></Costs></Job></Jobs>
            """
        func body(_ status: String, _ jobs: String) -> String {
            "<Response><Invoices><Invoice>\(header.replacing("%", with: status))\(jobs)</Invoice></Invoices></Response>"
        }
        let fixture = try await LoaderFixture()
        let steps: [(Endpoint.Carries, String, String, String)] = [
            (open.carries, "Approved", "", "1 = 1 inserted"), (.everything, "Approved", jobs, "1 = 1 updated"),
            (open.carries, "Paid", "", "1 = 1 updated"), (.everything, "Paid", jobs, "1 = 1 unchanged"),
        ]
        for (carries, status, jobs, expected) in steps {
            let shaped = try EntityDefinition.shaped(body(status, jobs), entity, carries)
            #expect(try await fixture.load(shaped, as: entity, carries: carries).words == expected)
        }
        #expect(try await fixture.rows("select uuid, job_number, minutes from wfm.invoice_task") == ["t | J1 | 60"])
        #expect(try await fixture.rows("select position, job_number, code from wfm.invoice_cost") == ["1 | J1 | C"])
    }

    @Test("States of jobs are derived from the jobs that are there, marked ones not counted")
    func derived() async throws {
        let (job, status) = (try EntityTests.entity("job"), try EntityTests.entity("job_status"))
        let fixture = try await LoaderFixture()
        let jobs = [("a", "Planned"), ("b", "In Progress"), ("c", "Planned"), ("d", "Gone"), ("e", "")]
            .map { "<Job><UUID>\($0)</UUID><State>\($1)</State></Job>" }.joined()
        try await fixture.load(try EntityDefinition.shaped("<Response><Jobs>\(jobs)</Jobs></Response>", job), as: job)
        try await fixture.rows("update wfm.job set deleted_at = now() where uuid = 'd'")
        func derive() async throws -> String {
            let loader = fixture.loader()
            try await loader.begin(status, carries: .parts(columns: status.key, children: []), chunk: .whole)
            var reading = ChunkReceipt()
            reading.pulled = try await loader.addDerived(from: job, column: "state")
            return try await loader.merge(reading).tally.words
        }
        #expect(try await derive() == "2 = 2 inserted")
        #expect(try await derive() == "2 = 2 unchanged")
        // What a list said besides the name stays, also where a state that was marked is there again.
        try await fixture.rows("update wfm.job_status set uuid = 'u', deleted_at = now() where name = 'Planned'")
        #expect(try await derive() == "2 = 1 updated + 1 unchanged")
        #expect(
            try await fixture.rows("select name, uuid, deleted_at from wfm.job_status order by 1")
                == ["In Progress | ∅ | ∅", "Planned | u | ∅"])
    }
}

extension EntityDefinition {
    /// The same at the next version.
    fileprivate var raised: EntityDefinition {
        EntityDefinition(
            name, kind, version: version + 1, summary: summary, endpoint: endpoint, window: window, table: table,
            key: key,
            columns: columns, children: children)
    }
}
