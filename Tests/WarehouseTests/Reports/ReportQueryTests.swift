import Inflow
import Postgres
import TestSupport
import Testing

@testable import Warehouse

@Suite("13.6 Reports on the command line", .platform)
struct ReportQueryTests {
    @Test("Each view of schema report has a header with its question and its grain")
    func headers() async throws {
        let reports = try await ShownRelation.all(of: nil, in: Warehouse(url: try TestDatabase.current.url))
            .filter { $0.schema == "report" }
        #expect(reports.count >= 5)
        for report in reports {
            let header = try #require(report.header, "\(report.fullName)")
            #expect(header.question?.hasSuffix("?") == true, "\(report.fullName): \(header.question ?? "")")
            #expect(header.parts.contains { $0.name == "Grain" }, "\(report.fullName)")
        }
        #expect(Set(ReportHeader.all.keys.filter { $0.hasPrefix("report.") }) == Set(reports.map(\.fullName)))
    }

    @Test("Paragraphs of a header go on over lines until the next word with a colon")
    func parts() throws {
        let header = try #require(
            ReportHeader.headers(
                of: """
                    -- Question: what is it?
                    --
                    -- Grain:    one row
                    --           per thing.

                    -- Not part of it.
                    create or replace view report.thing_2 with (security_invoker = true) as select 1;
                    """
            ).first)
        #expect(header.view == "report.thing_2" && header.question == "what is it?")
        #expect(header.parts.map(\.text) == ["what is it?", "one row per thing."])
    }

    private func relation(named name: String = "by_month", _ columns: [(String, String)]) -> ShownRelation {
        ShownRelation(
            schema: "report", name: name, isView: true, comment: nil,
            columns: columns.map {
                ShownRelation.Column(name: $0.0, type: $0.1, comment: nil, isRequired: false, keyPlace: nil)
            })
    }

    @Test("A span includes both days; a month counts where any of its days does")
    func days() throws {
        var query = ReportQuery(relation([("name", "text"), ("due_on", "date"), ("month_on", "date"), ("x", "json")]))
        query.from = LocalDate("2026-10-05")
        query.to = LocalDate("2026-11-30")
        query.limit = 7
        query.condition = "name <> 'x' -- not that"
        let statement = try query.statement()
        #expect(
            statement.sql == """
                select "name", "due_on", "month_on", "x" from "report"."by_month" where "month_on" >= $1::date and \
                "month_on" <= $2::date and (
                name <> 'x' -- not that
                ) order by "month_on", "name", "due_on" limit 7
                """)
        #expect(statement.parameters == ["2026-10-01", "2026-11-30"])
        query.from = LocalDate("2026-12-01")
        #expect(refusal { _ = try query.statement() }.contains("2026-12-01, is after the last"))
    }

    @Test("Where no day is the one that the report is about, the refusal names its days")
    func noDay() {
        var query = ReportQuery(relation([("completed_on", "date"), ("due_on", "date")]))
        query.to = LocalDate("2026-11-30")
        #expect(refusal { _ = try query.statement() }.contains("completed_on, due_on"))
        query = ReportQuery(relation([("name", "text")]))
        query.to = LocalDate("2026-11-30")
        #expect(refusal { _ = try query.statement() }.contains("no column that is a day"))
    }

    @Test("Names are taken as people write them, and an unknown one is answered with what may have been meant")
    func names() throws {
        let all = [
            relation([("name", "text"), ("client_uuid", "text")]), relation(named: "quality", [("kind", "text")]),
        ]
        #expect(try ReportQuery.find("By Month", among: all).name == "by_month")
        #expect(try ReportQuery.find("report.quality", among: all).name == "quality")
        #expect(refusal { _ = try ReportQuery.find("qualty", among: all) }.contains("Did you mean quality?"))
        #expect(refusal { _ = try ReportQuery.find("spanner", among: all) }.contains("no report \"spanner\". Nothing"))
        var query = ReportQuery(all[0])
        query.columns = ["nmae"]
        #expect(
            refusal { _ = try query.statement() }.contains("Did you mean name? Nothing was read. report.by_month has"))
        query.columns = ["Client-UUID", "name"]
        #expect(try query.statement().sql.hasPrefix("select \"client_uuid\", \"name\" from"))
    }

    private func refusal(_ body: () throws -> Void) -> String {
        do { try body() } catch { return String(describing: error) }
        return "nothing was refused"
    }
}
