import Foundation
import Postgres
import Sandbox
import Inflow
import Sync
import TestSupport
import Testing
import Warehouse
import WorkflowMax

@Suite("What every entity must do, from HTTP to the tables", .database(.warehouse))
struct ConformanceTests {
    @Test(
        "It is loaded whole, comes unchanged, keeps one version for a change and rejects one unreadable record",
        arguments: WorkflowMax.entities.filter { !$0.isPerParent }.map(\.name))
    func conforms(name: String) async throws {
        try await InflowFixture.run(RunningSandbox.small { $0.illegalCharacters = true }) { fixture in
            let entity = try InflowFixture.entity(name)
            let entities = name == "job_status" ? [try InflowFixture.entity("job"), entity] : [entity]
            let plan = try await fixture.everything(entities)
            try await loads(entity, plan, fixture)
            try await comesUnchanged(entity, plan, fixture)
            try await keepsOneVersion(entity, plan, fixture)
            try await rejectsOne(entity, plan, fixture)
        }
    }

    private func loads(_ entity: EntityDefinition, _ plan: RunPlan, _ fixture: InflowFixture) async throws {
        let report = try await fixture.sync(plan)
        #expect(report.outcome == .green, "\(report.error ?? "")")
        try await fixture.expectTruth(entity)
        let tally = try report.tally(of: entity)
        #expect(tally.inserted == (try await fixture.count(entity.table)))
        #expect(tally.pulled == tally.inserted + (try await foundByKey(report, entity, fixture)), "\(tally)")
        #expect(try await fixture.count("inflow.drift") == 0)
    }

    /// Records of a run that were asked for by key and found.
    ///
    /// The platform files a job under the UTC day it was created, the warehouse under the local one: a job created near
    /// the border of a month is in the neighbour's answer, is missed in its own month, and is asked for by key.
    private func foundByKey(
        _ report: RunReport, _ entity: EntityDefinition, _ fixture: InflowFixture
    ) async throws -> Int {
        try await fixture.number(
            """
            select coalesce(sum(pulled), 0) from inflow.chunk
            where run_id = $1 and entity = $2 and status = 'loaded' and chunk like '%by key%'
            """, [.int64(report.run), .text(entity.name)])
    }

    private func comesUnchanged(_ entity: EntityDefinition, _ plan: RunPlan, _ fixture: InflowFixture) async throws {
        let (places, writes) = (try await fixture.places(of: entity), try await fixture.writes(of: entity))
        try #require(writes[entity.table] ?? 0 > 0 && places[entity.table]?.isEmpty == false)
        let report = try await fixture.sync(plan)
        #expect(report.outcome == .green)
        let tally = try report.tally(of: entity)
        #expect(tally.unchanged == tally.pulled)
        let found = try await foundByKey(report, entity, fixture)
        #expect(tally.unchanged == (try await fixture.count(entity.table)) + found)
        #expect(try await fixture.places(of: entity) == places)
        #expect(try await fixture.writes(of: entity) == writes)
    }

    // MARK: which records

    /// The records of an entity that nothing but the test changes, by key.
    ///
    /// Of documents with states only those that are closed: no list of open documents has them.
    private func settled(_ entity: EntityDefinition, _ fixture: InflowFixture) async throws -> [String] {
        try await fixture.sandbox.rows(entity.name) { row in
            switch entity.name {
            case "invoice": row.isPaid
            case "job": row.isCompleted
            case "quote": row.fields["State"] == "Accepted"
            case "purchase_order": row.fields["State"] == "Received" && row.lines["purchase_order_cost"]?.count ?? 0 > 0
            case "lead": row.fields["State"] == "Won" || row.fields["State"] == "Lost"
            case "timesheet": row.isUnbilled
            case "cost": row.hasUnitCost
            default: row.isNamed
            }
        }.map(\.key)
    }

    // MARK: a change

    /// The element changed, with the column it goes into.
    private static let changes: [String: (element: String, column: String)] = [
        "client": ("Name", "name"), "client_group": ("Name", "name"), "staff": ("Phone", "phone"),
        "supplier": ("Name", "name"), "task": ("Description", "description"), "cost": ("Note", "note"),
        "job_category": ("Name", "name"), "custom_field": ("Name", "name"), "lead": ("Name", "name"),
        "job": ("Description", "description"), "quote": ("Description", "description"),
        "purchase_order": ("Description", "description"), "invoice": ("Description", "description"),
        "timesheet": ("Note", "note"),
    ]

    private func keepsOneVersion(_ entity: EntityDefinition, _ plan: RunPlan, _ fixture: InflowFixture) async throws {
        guard entity.name != "job_status" else { return try await takesInNewState(plan, fixture) }
        let change = try #require(Self.changes[entity.name])
        let key = try #require(try await settled(entity, fixture).first)
        let value = "Changed & <kept>\nas it is"
        let old = try await fixture.query(
            "select \(change.column) as value from \(entity.table) where \(entity.key[0]) = $1", [.text(key)])[0]
        try await fixture.sandbox.edit(entity.name, key, change.element, value)
        let report = try await fixture.sync(plan)
        #expect(report.outcome == .green)
        let tally = try report.tally(of: entity)
        #expect((tally.updated, tally.inserted) == (1, 0))
        #expect(tally.unchanged == tally.pulled - 1)
        let kept = try await fixture.query("select *, record ->> '\(change.column)' as old from inflow.history")
        try #require(kept.count == 1)
        #expect(try kept[0]["entity"].string == entity.name && kept[0]["key"].string == key)
        #expect(try kept[0]["change"].string == "updated" && kept[0]["run_id"].int64 == report.run)
        #expect(try kept[0]["old"].string == old["value"].string)
        let new = try await fixture.query(
            "select \(change.column) as value, changed_run_id from \(entity.table) where \(entity.key[0]) = $1",
            [.text(key)])[0]
        #expect(try new["value"].string == value && new["changed_run_id"].int64 == report.run)
    }

    /// A state has no value beside its key: another state is another row.
    private func takesInNewState(_ plan: RunPlan, _ fixture: InflowFixture) async throws {
        let states = try await fixture.count("wfm.job_status")
        let key = try #require(try await settled(try InflowFixture.entity("job"), fixture).first)
        try await fixture.sandbox.edit("job", key, "State", "Waiting for Godot")
        let report = try await fixture.sync(plan)
        #expect(report.outcome == .green)
        #expect(try report.tally(of: try InflowFixture.entity("job_status")).inserted == 1)
        #expect(try await fixture.count("wfm.job_status") == states + 1)
    }

    @Test(
        "A line that is gone and one that changed make one version of their record, which keeps the lines as they were")
    func changedLines() async throws {
        try await InflowFixture.run { fixture in
            let order = try InflowFixture.entity("purchase_order")
            let plan = try await fixture.everything([order], inOne: true)
            try await fixture.sync(plan)
            let wanted = try await fixture.query(
                """
                select purchase_order_number as key, count(*) as lines,
                    min(amount) filter (where position = 2) as second
                from wfm.purchase_order_cost group by 1 having count(*) >= 3 order by 1
                """)
            let before = try #require(wanted.first)
            let (key, lines) = (try #require(try before["key"].string), try #require(try before["lines"].int))
            let all = try await fixture.count("wfm.purchase_order_cost")
            try await fixture.sandbox.edit(order.name, key, "Costs/Cost[\(lines)]", nil)
            try await fixture.sandbox.edit(order.name, key, "Costs/Cost[2]/Amount", "77.5")
            let tally = try await fixture.sync(plan).tally(of: order)
            #expect((tally.updated, tally.inserted) == (1, 0))
            #expect(try await fixture.count("wfm.purchase_order_cost") == all - 1)
            let amount = try await fixture.query(
                "select amount from wfm.purchase_order_cost where purchase_order_number = $1 and position = 2",
                [.text(key)])
            #expect(try amount[0]["amount"].decimal == 77.5)
            let kept = try await fixture.query(
                """
                select jsonb_array_length(lines -> 'purchase_order_cost') as lines,
                    lines -> 'purchase_order_cost' -> 1 ->> 'amount' as second
                from inflow.history
                """)
            #expect(try kept.count == 1 && kept[0]["lines"].int == lines)
            #expect(try kept[0]["second"].decimal == before["second"].decimal)
        }
    }

    // MARK: an unreadable record

    /// An element set to what cannot be read, or taken out, with the table, column and reason named.
    private struct Spoiling {
        let element: String
        let value: String?
        let column: String
        let reason: Rejection.Reason
        var table: String?
    }

    private static let spoilings: [String: Spoiling] = [
        "client": Spoiling(element: "DateOfBirth", value: "1980-02-31", column: "born_on", reason: .notADate),
        "client_group": Spoiling(element: "Taxable", value: "perhaps", column: "taxable", reason: .notABoolean),
        "staff": Spoiling(element: "UUID", value: nil, column: "uuid", reason: .missing),
        "supplier": Spoiling(element: "UUID", value: nil, column: "uuid", reason: .missing),
        "task": Spoiling(element: "UUID", value: nil, column: "uuid", reason: .missing),
        "cost": Spoiling(element: "UnitCost", value: "12,x", column: "unit_cost", reason: .notANumber),
        "job_category": Spoiling(element: "UUID", value: nil, column: "uuid", reason: .missing),
        "custom_field": Spoiling(element: "UseJob", value: "perhaps", column: "use_job", reason: .notABoolean),
        "lead": Spoiling(element: "EstimatedValue", value: "12,x", column: "estimated_value", reason: .notANumber),
        "job": Spoiling(element: "CompletedDate", value: "2026-02-31", column: "completed_on", reason: .notADate),
        "quote": Spoiling(element: "Amount", value: "1e3x", column: "amount", reason: .notANumber),
        "purchase_order": Spoiling(
            element: "Costs/Cost[1]/Quantity", value: "many", column: "quantity", reason: .notANumber,
            table: "wfm.purchase_order_cost"),
        "invoice": Spoiling(element: "AmountTax", value: "12,x", column: "amount_tax", reason: .notANumber),
        "timesheet": Spoiling(element: "Start", value: "25:99", column: "start_time", reason: .notATimeOfDay),
    ]

    private func rejectsOne(_ entity: EntityDefinition, _ plan: RunPlan, _ fixture: InflowFixture) async throws {
        guard let spoiling = Self.spoilings[entity.name] else { return }
        let key = try #require(try await settled(entity, fixture).last)
        try await fixture.sandbox.edit(entity.name, key, spoiling.element, spoiling.value)
        let rows = try await fixture.count(entity.table)
        let places = try await fixture.places(of: entity)
        let report = try await fixture.sync(plan)
        #expect(report.outcome == .rejections && report.outcome.exitCode == 3)
        let tally = try report.tally(of: entity)
        let found = try await foundByKey(report, entity, fixture)
        let isOfValue = spoiling.reason != .missing
        if isOfValue {
            // A value that was null before is null again.
            #expect(
                tally.rejected == 0 && tally.updated <= 1 && tally.updated + tally.unchanged == rows + found, "\(tally)"
            )
        } else {
            #expect(tally.rejected == 1 && tally.unchanged == rows - 1 + found, "\(tally)")
        }
        let rejections = try await fixture.query("select * from inflow.rejection")
        try #require(rejections.count == 1)
        let rejection = rejections[0]
        #expect(try rejection["table_name"].string == spoiling.table ?? entity.table)
        #expect(try rejection["column_name"].string == spoiling.column)
        #expect(try rejection["reason"].string == spoiling.reason.rawValue)
        #expect(try rejection["raw"].string == spoiling.value ?? "")
        #expect(try rejection["key"].string == (spoiling.reason == .missing ? "" : key))
        #expect(try rejection["entity"].string == entity.name && rejection["run_id"].int64 == report.run)
        #expect(try rejection["is_value"].bool == isOfValue)
        if isOfValue {
            #expect(try await fixture.count("\(entity.table) where \(entity.key[0]) = '\(key)'") == 1)
        } else {
            #expect(try await fixture.places(of: entity) == places, "what was loaded before stays as it was")
        }
    }

    // MARK: documentation

    @Test("Every table and column is explained in the catalogue, and the tables are as the definitions say")
    func documentation() async throws {
        let url = try TestDatabase.current.url
        #expect(try await SchemaCheck(Warehouse(url: url), entities: WorkflowMax.entities).differences() == [])
        for entity in WorkflowMax.entities { #expect(entity.faults() == [], "\(entity.name)") }
        let silent = try await PostgresConnection.rows(
            at: url,
            """
            select n.nspname || '.' || c.relname || coalesce('.' || a.attname, '') as what
            from pg_class c
            join pg_namespace n on n.oid = c.relnamespace
            left join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
            where n.nspname in ('inflow', 'wfm', 'setting', 'report', 'bi') and c.relkind in ('r', 'p', 'v')
                and (col_description(c.oid, a.attnum) is null or obj_description(c.oid, 'pg_class') is null)
            order by 1
            """)
        #expect(try silent.compactMap { try $0["what"].string } == [])
    }
}

extension RunReport {
    /// The counts of one entity.
    func tally(of entity: EntityDefinition) throws -> Tally {
        try #require(entities.first { $0.entity == entity.name }).tally
    }
}
