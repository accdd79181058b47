import Foundation
import Inflow
import Postgres
import Sandbox
import TestSupport
import Testing
import Warehouse

@Suite("Why the tables are as they are", .database(.warehouse), .timeLimit(.minutes(5)))
struct ReasonTests {
    private struct Entry: Decodable {
        let id: Int, status: String, key: String, timesSeen: Int, lastRun: Int, endedRun: Int?
    }

    private struct Story: Decodable {
        struct Field: Decodable, Equatable { let name: String, old: String?, new: String? }
        struct Step: Decodable { let run: Int, change: String, fields: [Field] }
        let entity: String, key: String, steps: [Step]
    }

    private struct Retried: Decodable {
        struct Run: Decodable { let outcome: String, pulled: Int }
        let run: Run?
        let rejections: [Entry]
        let advice: [String]
    }

    private struct Kind: Decodable {
        struct Finding: Decodable { let key: String, difference: String? }
        let kind: String, count: Int, first: [Finding]
    }

    @Test(
        "A bad value is rejected once however often it comes, and the sync after it was mended closes it; why lists both"
    )
    func mended() async throws {
        try await InflowFixture.run { fixture in
            #expect(try await fixture.inflow("sync", "acme", "cost").code == 0)
            let key = try await fixture.sandbox.row("cost", where: \.hasUnitCost).key
            let old = try await fixture.query(
                "select unit_cost::text as old from wfm.cost where uuid = $1", [.text(key)])
            try await fixture.sandbox.edit("cost", key, "UnitCost", "12,x")
            for _ in 0..<2 {
                let spoilt = try await fixture.inflow("sync", "acme", "cost")
                #expect(spoilt.code == 3, "\(spoilt)")
            }
            let isComplete = "select report.is_complete('acme', 'cost', '2026-01-01', '2026-01-01')"
            #expect(InflowFixture.rows(try await fixture.query(isComplete)) == ["f"], "a value is lacking")
            #expect(try await fixture.number("select count(*) from wfm.cost where uuid = $1", [.text(key)]) == 1)
            let open = try await fixture.inflow("rejections", "acme", "--json").json([Entry].self)
            #expect(open.map(\.key) == [key] && open.map(\.timesSeen) == [2] && open.map(\.lastRun) == [3])
            let listed = try await fixture.inflow("rejections", "acme")
            #expect(
                listed.output.contains("cost: 1 open, wfm.cost.unit_cost: the text is not a number"), "12.4: \(listed)")
            let label = try await fixture.query(
                "select left(description, 20) as label from wfm.cost where uuid = $1", [.text(key)])[0].text("label")
            #expect(listed.output.contains(label), "12.4: \(listed)")

            try await fixture.sandbox.edit("cost", key, "UnitCost", "15.25")
            let mended = try await fixture.inflow("sync", "acme", "cost")
            #expect(mended.code == 0, "\(mended)")
            #expect(InflowFixture.rows(try await fixture.query(isComplete)) == ["t"])
            let none = try await fixture.inflow("rejections", "acme")
            #expect(none.output == "No rejection of \"acme\" is open.\n", "\(none)")
            let all = try await fixture.inflow("rejections", "acme", "list", "--all", "--json").json([Entry].self)
            #expect(all.map(\.status) == ["closed"] && all.map(\.endedRun) == [4])
            let shown = try await fixture.inflow("rejections", "acme", "show", "1")
            #expect(shown.code == 0 && shown.output.contains("by the load of run 4"), "\(shown)")

            let why = try await fixture.inflow("why", "acme", "cost", key, "--json").json(Story.self)
            #expect((why.entity, why.key) == ("cost", key))
            #expect(why.steps.map(\.run) == [4, 2, 1])
            #expect(why.steps.map(\.change) == ["updated", "updated", "first"])
            #expect(why.steps[0].fields == [.init(name: "unit_cost", old: nil, new: "15.25")])
            #expect(try why.steps[1].fields == [.init(name: "unit_cost", old: old[0]["old"].string, new: nil)])
            let told = try await fixture.inflow("why", "acme", "cost", key)
            let before = try #require(try old[0]["old"].string)
            #expect(told.output.contains("unit_cost: \(before) -> "), "\(told)")
            let unknown = try await fixture.inflow("why", "acme", "cost", "nothing")
            #expect(unknown.code == 1 && unknown.error.contains("no cost with the key or number"), "\(unknown)")
        }
    }

    @Test("Retry reads the rejected records by key and says of the others what to run; dismiss hides them")
    func retried() async throws {
        try await InflowFixture.run { fixture in
            let costs = try await fixture.sandbox.rows("cost", where: \.hasUnitCost).map(\.key)
            try #require(costs.count > 1)
            let (one, other) = (costs[0], costs[1])
            for key in [one, other] { try await fixture.sandbox.edit("cost", key, "UnitCost", "12,x") }
            let field = try await fixture.sandbox.row("custom_field") { $0.fields["UseJob"] == "true" }.key
            try await fixture.sandbox.edit("custom_field", field, "UseJob", "perhaps")
            #expect(try await fixture.inflow("sync", "acme", "cost", "custom_field").code == 3)
            try await fixture.sandbox.edit("cost", one, "UnitCost", "15.25")

            let lists = try await fixture.sandbox.calls("/cost.api/list")
            let retry = try await fixture.inflow("rejections", "acme", "retry", "--json")
            let retried = try retry.json(Retried.self)
            #expect(retry.code == 3 && retried.run?.outcome == "rejections" && retried.run?.pulled == 2, "\(retry)")
            #expect(retried.rejections.first { $0.key == one }?.status == "closed")
            #expect(retried.rejections.first { $0.key == other }?.status == "open")
            #expect(retried.advice == ["inflow sync acme custom_field"])
            #expect(try await fixture.sandbox.calls("/cost.api/list") == lists, "only the records themselves were read")
            #expect(try await fixture.number("select count(*) from wfm.cost where uuid = $1", [.text(one)]) == 1)

            let left = try #require(retried.rejections.first { $0.key == other }).id
            let dismissed = try await fixture.inflow("rejections", "acme", "dismiss", "\(left)")
            #expect(dismissed.code == 0 && dismissed.output.hasPrefix("Inflow dismissed 1 "), "\(dismissed)")
            let log = AuditLog(fixture.warehouse)
            #expect(try await log.list(action: .rejectionsDismissed, limit: 9).map(\.subject) == ["\(left)"])
            #expect(try await log.list(action: .rejectionsRetried, limit: 9).count == 1)
            let wrong = try await fixture.inflow("rejections", "acme", "dismiss")
            #expect(wrong.code == 64, "\(wrong)")
            let strange = try await fixture.inflow("rejections", "acme", "dismiss", "4711")
            #expect(strange.code == 64 && strange.error.contains("no rejection 4711"), "\(strange)")
            #expect(try await fixture.inflow("sync", "acme", "cost").code == 3, "the run still says what it left out")
            let open = try await fixture.inflow("rejections", "acme", "--json").json([Entry].self)
            #expect(open.map(\.key) == [field])
            #expect(try await fixture.inflow("rejections", "acme", "dismiss", "--all").code == 0)
            let nothing = try await fixture.inflow("rejections", "acme", "retry")
            #expect(nothing.code == 0 && nothing.output.contains("Inflow read nothing"), "\(nothing)")
        }
    }

    @Test("Quality lists an invoice that does not add up, with the difference; the sandbox's own all do")
    func quality() async throws {
        try await InflowFixture.run { fixture in
            let plan = try await fixture.everything([try InflowFixture.entity("invoice")], inOne: true)
            try await fixture.sync(plan)
            let clean = try await fixture.inflow("quality", "acme")
            #expect(clean.code == 0 && clean.output.hasPrefix("Inflow found no contradiction"), "\(clean)")
            let key = try await fixture.sandbox.row("invoice", where: \.isPaid).key
            let row = try await fixture.query(
                "select amount_including_tax + 0.01 as wrong from wfm.invoice where uuid = $1", [.text(key)])[0]
            try await fixture.sandbox.edit("invoice", key, "AmountIncludingTax", row["wrong"].string)
            try await fixture.sync(plan)
            let kinds = try await fixture.inflow("quality", "acme", "--json").json([Kind].self)
            #expect(kinds.map(\.kind) == ["invoice_tax"] && kinds.map(\.count) == [1])
            #expect(kinds.first?.first.map(\.key) == [key] && kinds.first?.first.map(\.difference) == ["0.01"])
            let told = try await fixture.inflow("quality", "acme")
            #expect(told.output.contains(key) && told.output.contains("Difference: 0.01."), "\(told)")
            let drift = try await fixture.inflow("drift", "acme")
            #expect(drift.code == 0 && drift.output.contains("knows every element"), "\(drift)")
            let asOf = try await fixture.number(
                """
                select count(*) from wfm.invoice_as_of((select min(ended_at) from inflow.chunk)) i
                where uuid = $1 and amount_including_tax + 0.01 = $2::numeric
                """, [.text(key), .text(try row.text("wrong"))])
            #expect(asOf == 1, "as of the end of the first load the invoice added up")
        }
    }

    @Test("An unknown element is kept and listed, and the run is green")
    func drift() async throws {
        try await InflowFixture.run { fixture in
            let key = try await fixture.sandbox.row("task", where: \.isNamed).key
            try await fixture.sandbox.edit("task", key, "Horoscope", "Leo")
            #expect(try await fixture.inflow("sync", "acme", "task").code == 0)
            let drift = try await fixture.inflow("drift", "acme")
            for words in ["wfm.task", "Horoscope", "Leo"] { #expect(drift.output.contains(words), "\(drift)") }
            let json = try await fixture.inflow("drift", "acme", "--json")
            #expect(json.output.contains("first_seen_at"), "\(json)")
        }
    }
}
