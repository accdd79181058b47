import Curl
import Foundation
import Inflow
import Postgres
import Sandbox
import Sync
import TestSupport
import Testing
import Warehouse
import WorkflowMax

@Suite("What costs one call for each record", .database(.warehouse), .timeLimit(.minutes(5)))
struct PerParentTests {
    private static let kinds = WorkflowMax.entities.filter(\.isPerParent)

    /// Runs `body` on a fixture whose runs may make this many calls of one per record, with the parents loaded.
    private func run(
        _ calls: Int, scale: Double = 0.03, _ body: (InflowFixture) async throws -> Void
    ) async throws {
        try await InflowFixture.run(RunningSandbox.small { $0.scale = scale }) { fixture in
            var fixture = fixture
            fixture.connection.settings.perParentPercent = 100
            fixture.connection.settings.perParentCalls = calls
            try await ConnectionStore(fixture.warehouse).update(fixture.connection)
            try await fixture.sync(
                try await fixture.everything(WorkflowMax.entities.filter { !$0.isPerParent }, inOne: true))
            try await fixture.sandbox.control(.post, "log/clear")
            try await body(fixture)
        }
    }

    @discardableResult
    private func values(_ fixture: InflowFixture, _ names: String...) async throws -> RunReport {
        let entities = Self.kinds.filter { names.isEmpty || names.contains($0.name) }
        return try await fixture.sync(
            RunPlan(
                trigger: .targeted, scope: "values", parts: entities.map { RunPlan.Part(entity: $0, chunks: []) },
                known: WorkflowMax.entities))
    }

    // MARK: all of it

    @Test("All of it arrives as it is, and nothing is asked again while nothing changes")
    func everything() async throws {
        try await run(1_000_000, scale: 0.01) { fixture in
            // Time entries are too many to ask each of them here; they are read like all the others.
            let kinds = Self.kinds.filter { $0.name != "timesheet_custom_field" }
            func sync() async throws -> RunReport {
                let parts = kinds.map { RunPlan.Part(entity: $0, chunks: []) }
                return try await fixture.sync(
                    RunPlan(trigger: .targeted, scope: "values", parts: parts, known: WorkflowMax.entities))
            }
            let report = try await sync()
            #expect(report.outcome == .green, "\(report.error ?? "")")
            for entity in kinds { try await fixture.expectTruth(entity, "\(entity.name)") }
            for entity in kinds where entity.name.hasSuffix("_custom_field") { try await expectValues(entity, fixture) }
            #expect(try await fixture.count("inflow.drift") == 0)
            let parents = try await fixture.count("inflow.parent_read")
            #expect(report.traffic.calls == parents && parents > 100)
            #expect(report.tally.pulled == report.tally.inserted)
            let again = try await sync()
            #expect(again.outcome == .green && again.traffic.calls == 0 && again.tally == Tally())
            #expect(again.entities.allSatisfy { $0.notes.isEmpty })
        }
    }

    /// Every value is in the one column of its type.
    private func expectValues(_ entity: EntityDefinition, _ fixture: InflowFixture) async throws {
        var sent: [String: String] = [:]
        for row in try await fixture.sandbox.values(entity.name) {
            let field = try #require(row.fields.first)
            var value = field.key == "Date" ? String(field.value.prefix(10)) : field.value
            // A decimal is kept without trailing zeros.
            while field.key == "Decimal", value.hasSuffix("0") || value.hasSuffix(".") { value.removeLast() }
            sent[row.key] = "\(field.key) \(value)"
        }
        let rows = try await fixture.query(
            """
            select concat_ws('/', \(entity.key.joined(separator: ", "))) as key, concat_ws(' + ',
                'Text ' || text_value, 'Date ' || date_value, 'Number ' || number_value, 'Decimal ' || decimal_value,
                'Boolean ' || boolean_value) as value
            from \(entity.table)
            """)
        let held = Dictionary(
            try rows.map { (try $0.text("key"), try $0.optionalText("value") ?? "") },
            uniquingKeysWith: { first, _ in first }
        )
        #expect(held == sent, "\(entity.name)")
    }

    // MARK: changes

    /// Three values that changed on the platform: two cleared, one of them a ticked checkbox, and one replaced.
    private struct Changes {
        /// A text of a job, cleared, and a text of another job, replaced.
        var cleared: String, replaced: String
        /// The jobs' numbers.
        var jobs: [String]
        /// A ticked checkbox of a contact, cleared, and the contact's client.
        var unticked: String, client: String
    }

    /// Changes three values and the records that have them, and reads the jobs and clients again.
    private func change(_ fixture: InflowFixture) async throws -> Changes {
        let fields = try await fixture.query(
            """
            select job_number || '/' || custom_field_uuid as key, job_number
            from wfm.job_custom_field where text_value is not null order by 1
            """)
        let (first, last) = (try #require(fields.first), try #require(fields.last))
        let box = try await fixture.query(
            """
            select v.contact_uuid || '/' || v.custom_field_uuid as key, c.client_uuid
            from wfm.contact_custom_field v
            join wfm.client_contact c on c.connection_id = v.connection_id and c.uuid = v.contact_uuid
            where v.boolean_value order by 1
            """)[0]
        let changes = Changes(
            cleared: try first.text("key"), replaced: try last.text("key"),
            jobs: [try first.text("job_number"), try last.text("job_number")], unticked: try box.text("key"),
            client: try box.text("client_uuid"))
        try #require(Set(changes.jobs).count == 2)
        try await fixture.sandbox.clear("job_custom_field", changes.cleared)
        try await fixture.sandbox.edit("job_custom_field", changes.replaced, "value", "New & <kept>")
        for number in changes.jobs { try await fixture.sandbox.edit("job", number, "Description", "Edited") }
        try await fixture.sandbox.clear("contact_custom_field", changes.unticked)
        try await fixture.sandbox.edit("client", changes.client, "Name", "Renamed")
        try await fixture.sync(
            try await fixture.everything(
                [try InflowFixture.entity("job"), try InflowFixture.entity("client")], inOne: true))
        try await fixture.sandbox.control(.post, "log/clear")
        return changes
    }

    @Test("Only records that changed are asked again, and a value that was cleared goes, a checkbox among them")
    func cleared() async throws {
        try await run(1_000_000) { fixture in
            try await values(fixture, "job_custom_field", "client_custom_field", "contact_custom_field")
            let changes = try await change(fixture)
            let report = try await values(
                fixture, "job_custom_field", "client_custom_field", "contact_custom_field")
            #expect(report.outcome == .green)
            let contacts = try await fixture.number(
                "select count(distinct uuid) from wfm.client_contact where client_uuid = $1", [.text(changes.client)])
            #expect(report.traffic.calls == 2 + 1 + contacts)
            let asked = try await fixture.sandbox.targets().filter { $0.contains("/job.api/") }
            #expect(Set(asked) == Set(changes.jobs.map { "/job.api/get/\($0)/customfield" }))
            #expect(report.tally.markedDeleted == 2 && report.tally.updated == 1)
            try await expectCleared(changes, fixture)
            let why = try await fixture.inflow("why", "acme", "job_custom_field", changes.replaced)
            #expect(why.code == 0 && why.output.contains("New & <kept>"), "\(why)")
        }
    }

    /// Expects that history keeps what was cleared, and that the report shows the checkbox as not ticked.
    private func expectCleared(_ changes: Changes, _ fixture: InflowFixture) async throws {
        let gone = try await fixture.query(
            """
            select key, record ->> 'boolean_value' as ticked from inflow.history
            where change = 'marked_deleted' order by entity
            """)
        #expect(try gone.texts("key") == [changes.unticked, changes.cleared])
        #expect(try gone[0].text("ticked") == "true")
        let unticked = try await fixture.query(
            """
            select boolean_value, is_sent from report.custom_field_value
            where owner_kind = 'contact' and owner_key || '/' || custom_field_uuid = $1
            """, [.text(changes.unticked)])[0]
        #expect(try !unticked.bool("boolean_value") && !unticked.bool("is_sent"))
    }

    @Test("An invoice that is paid brings its payment, and a cost that is taken out goes")
    func money() async throws {
        try await run(1_000_000) { fixture in
            try await values(fixture, "job_cost", "invoice_payment")
            let unpaid = try await fixture.query(
                "select uuid, number, amount_including_tax as amount from wfm.invoice where status = 'Approved' and "
                    + "amount_paid = 0 and amount_including_tax > 1 order by 1")[0]
            let invoice = try #require(try unpaid["uuid"].string)
            try await fixture.sandbox.control(
                .post, "edit", #"{"entity":"invoice","key":"\#(invoice)","mark":"paid"}"#)
            let cost = try await fixture.query("select uuid, job_number from wfm.job_cost order by 2, 1")[0]
            let (uuid, job) = (try #require(try cost["uuid"].string), try #require(try cost["job_number"].string))
            try await fixture.sandbox.clear("job_cost", uuid)
            try await fixture.sandbox.edit("job", job, "Description", "Edited")
            try await fixture.sync(
                try await fixture.everything(
                    [try InflowFixture.entity("job"), try InflowFixture.entity("invoice")], inOne: true))
            let report = try await values(fixture, "job_cost", "invoice_payment")
            #expect(report.traffic.calls == 2 && report.tally.markedDeleted == 1)
            #expect(
                try await fixture.number(
                    """
                    select count(*) from wfm.invoice_payment
                    where invoice_number = '\(try unpaid.text("number"))' and amount <> 0
                    """) > 0)
            #expect(try await fixture.number("select count(*) from wfm.job_cost where deleted_at is not null") == 1)
        }
    }

    // MARK: days

    @Test(
        "A small share is spent on the newest, jobs with costs in a document first, and nothing is read twice before everything was read once"
    )
    func days() async throws {
        try await run(20) { fixture in
            let newest = try await fixture.query(
                """
                select number from wfm.job j
                order by number in (select job_number from wfm.invoice_cost where job_number is not null)
                        or number in (select job_number from wfm.purchase_order where job_number is not null)
                        or coalesce(approved_quote_uuid in (select quote_uuid from wfm.quote_cost), false) desc,
                    coalesce(modified_at, created_at) desc, number
                limit 20
                """)
            let jobs = try await fixture.count("wfm.job where deleted_at is null")
            for day in 1...3 {
                let report = try await values(fixture, "job_cost")
                let left = max(0, jobs - 20 * day)
                #expect(report.outcome == .green && report.traffic.calls == min(20, jobs - 20 * (day - 1)))
                #expect(report.entities[0].notes.first?.hasPrefix("\(left) of \(jobs) ") ?? (left == 0))
                if day == 1 {
                    let read = try await fixture.query("select parent_key as key from inflow.parent_read")
                    #expect(
                        try Set(read.texts("key")) == Set(newest.texts("number")))
                }
                let asked = try await fixture.sandbox.targets()
                #expect(Set(asked).count == asked.count && asked.count == min(jobs, 20 * day))
            }
        }
    }

    @Test("What a day's share allows is spent, what it took is recorded, and status shows what is left")
    func share() async throws {
        try await run(1_000) { fixture in
            var fixture = fixture
            fixture.connection.settings.callsPerDay = 1_000
            fixture.connection.settings.perParentPercent = 3
            try await ConnectionStore(fixture.warehouse).update(fixture.connection)
            func sync() async throws -> RunReport {
                let parts = Self.kinds.map { RunPlan.Part(entity: $0, chunks: []) }
                return try await fixture.sync(
                    RunPlan(trigger: .manual, scope: "Sync All", parts: parts, known: WorkflowMax.entities))
            }
            #expect(try await sync().traffic.calls == 30)
            #expect(try await sync().traffic.calls == 0)
            let status = try await fixture.inflow("status", "acme", "--json").json(Status.self)
            #expect(status.values.callsSpent == 30 && status.values.callsPerRun == 30)
            let due = try await fixture.sandbox.targets()
            #expect(status.values.days == (status.values.toBeAsked + 29) / 30 && due.count == 30)
            #expect(status.values.kinds.count == Self.kinds.count)
            _ = try await fixture.query("update inflow.chunk set ended_at = ended_at - interval '1 day'")
            #expect(try await sync().traffic.calls == 30)
            let text = try await fixture.inflow("status", "acme")
            #expect(text.code == 0 && text.output.contains("at one Sync All a day"), "\(text)")
        }
    }

    private struct Status: Decodable {
        struct Values: Decodable {
            struct Kind: Decodable { var entity: String }
            var callsPerRun, callsSpent, toBeAsked: Int
            var days: Int?
            var kinds: [Kind]
        }
        var values: Values
    }

    // MARK: what is not there

    @Test("A kind that no definition has a flag for costs no call")
    func noFlag() async throws {
        try await run(1_000_000) { fixture in
            let definitions = try await fixture.query(
                "select uuid from wfm.custom_field where use_job_time or use_lead")
            for uuid in try definitions.compactMap({ try $0["uuid"].string }) {
                for flag in ["UseJobTime", "UseLead"] {
                    try await fixture.sandbox.edit("custom_field", uuid, flag, "false")
                }
            }
            try await fixture.sync(try fixture.lists("custom_field"))
            let report = try await values(
                fixture, "timesheet_custom_field", "lead_custom_field", "supplier_custom_field")
            #expect(report.outcome == .green)
            #expect(try report.tally(of: try InflowFixture.entity("timesheet_custom_field")) == Tally())
            #expect(report.traffic.calls == (try await fixture.count("wfm.supplier")))
        }
    }

    @Test("A job that is not known any more stops nothing and is not asked again", arguments: [false, true])
    func unknown(isStatusError: Bool) async throws {
        try await run(1_000_000) { fixture in
            try await fixture.sandbox.control(.post, "switches", #"{"unknownIsStatusError": \#(isStatusError)}"#)
            try await fixture.sandbox.clear(
                "job", try await fixture.sandbox.row("job", where: \.isCompleted).key)
            let jobs = try await fixture.count("wfm.job")
            let report = try await values(fixture, "job_cost")
            #expect(report.outcome == .green && report.traffic.calls == jobs, "\(report.error ?? "")")
            #expect(try await fixture.number("select count(*) from inflow.parent_read where status = 'unknown'") == 1)
            #expect(try await values(fixture, "job_cost").traffic.calls == 0)
        }
    }

    @Test("An answer that cannot be read costs its chunk, and the others of the chunk are read by the next run")
    func unreadable() async throws {
        try await run(1_000_000) { fixture in
            let bad = try #require(
                try await fixture.query("select number from wfm.job order by modified_at desc limit 1")[0]["number"]
                    .string)
            try await fixture.sandbox.fault("truncated_xml", at: "/job.api/costs/\(bad)", times: 100)
            let jobs = try await fixture.count("wfm.job")
            let read = "select count(*) from inflow.parent_read where asked_at is not null"
            #expect(try await values(fixture, "job_cost").outcome == .failed)
            let first = try await fixture.number(read)
            #expect(first < jobs - 1)
            // The others come in company again, but the chunk fails no more than one by one.
            #expect(try await values(fixture, "job_cost").outcome == .failed)
            #expect(try await fixture.number(read) == jobs - 1)
            try await fixture.sandbox.control(.post, "faults/clear")
            #expect(try await values(fixture, "job_cost").outcome == .green)
            try await fixture.expectTruth(try InflowFixture.entity("job_cost"))
        }
    }

    // MARK: other commands

    @Test("A Sync All reads them last, a plan says how many, and the archive gives them back without a call")
    func commands() async throws {
        try await run(80) { fixture in
            var fixture = fixture
            fixture.connection.settings.values = [.jobCost, .job]
            try await ConnectionStore(fixture.warehouse).update(fixture.connection)
            let jobs = try await fixture.count("wfm.job where deleted_at is null")
            let plan = try await fixture.inflow("sync", "acme", "--plan", "--json").json(Plan.self)
            let planned = plan.readings.filter { $0.why == RunPlan.Reason.values.words }
            #expect(planned.reduce(0) { $0 + $1.calls } == min(80, 2 * jobs))
            #expect(planned.filter { $0.entity == "job_cost" }.reduce(0) { $0 + $1.calls } == jobs)
            #expect(planned.allSatisfy { ["job_cost", "job_custom_field"].contains($0.entity) })
            let sync = try await fixture.inflow("sync", "acme")
            #expect(sync.code == 0, "\(sync)")
            let targets = try await fixture.sandbox.targets()
            let perParent = targets.indices.filter {
                targets[$0].hasSuffix("/customfield") || targets[$0].contains("/costs/")
            }
            #expect(perParent.count > 20)
            let lists = targets.indices.filter { targets[$0].contains(".api/list") }
            #expect(try #require(lists.max()) < (try #require(perParent.min())))
            let before = try await fixture.contents()
            _ = try await fixture.query("update wfm.job_cost set description = 'Spoilt'")
            _ = try await fixture.query(
                "update wfm.job_custom_field set text_value = 'Spoilt' where text_value is not null")
            let rederive = try await fixture.inflow("rederive", "acme", "job_cost", "job_custom_field")
            #expect(rederive.code == 0, "\(rederive)")
            #expect(try await fixture.sandbox.targets().count == targets.count)
            #expect(try await fixture.contents() == before)
            let raw = try await fixture.query(
                "select job_number || '/' || uuid as key, uuid from wfm.job_cost order by 1")[0]
            let shown = try await fixture.inflow("raw", "acme", "job_cost", try #require(try raw["key"].string))
            let uuid = try #require(try raw["uuid"].string)
            #expect(shown.code == 0 && shown.output.contains(uuid), "\(shown)")
        }
    }

    private struct Plan: Decodable {
        struct Reading: Decodable {
            var entity, why: String
            var calls: Int
        }
        var readings: [Reading]
    }

    @Test("A rejected value is listed under its record, and read again with it")
    func rejected() async throws {
        try await run(1_000_000) { fixture in
            let field = try #require(
                try await fixture.sandbox.values("job_custom_field").first { $0.fields["Number"] != nil })
            try await fixture.sandbox.edit("job_custom_field", field.key, "value", "many")
            #expect(try await values(fixture, "job_custom_field").outcome == .rejections)
            let open = try await fixture.query("select key, column_name, raw from inflow.rejection")
            try #require(open.count == 1)
            #expect(try open[0]["key"].string == field.key && open[0]["column_name"].string == "number_value")
            try await fixture.sandbox.edit("job_custom_field", field.key, "value", "12")
            let retry = try await fixture.inflow("rejections", "acme", "retry")
            #expect(retry.code == 0, "\(retry)")
            #expect(try await fixture.number("select count(*) from inflow.rejection where status = 'open'") == 0)
            try await fixture.expectTruth(try InflowFixture.entity("job_custom_field"))
        }
    }
}

/// A value of a custom field as the sandbox tells it.
struct FieldTruth: Decodable, Sendable {
    var key: String
    var fields: [String: String]
}

extension RunningSandbox {
    /// All values of one kind.
    fileprivate func values(_ entity: String) async throws -> [FieldTruth] {
        struct Rows: Decodable { var rows: [FieldTruth] }
        return try JSONDecoder().decode(Rows.self, from: try await control(.get, "truth/\(entity)?rows=true")).rows
    }

    /// Takes a row, or a value, out of every answer.
    fileprivate func clear(_ entity: String, _ key: String) async throws {
        try await control(.post, "edit", #"{"entity":"\#(entity)","key":"\#(key)","delete":true}"#)
    }

    /// What was asked of the platform, in order, tokens not counted.
    fileprivate func targets() async throws -> [String] {
        try await log().map(\.target).filter { $0.contains(".api/") }
    }
}
