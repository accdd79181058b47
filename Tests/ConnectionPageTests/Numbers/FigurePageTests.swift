import Foundation
import HTTPTypes
import HummingbirdTesting
import Inflow
import Testing

@testable import ConnectionPage

@Suite("Pages of summaries and charts")
struct FigurePageTests {
    private func span(_ from: String, _ to: String) throws -> DaySpan {
        let (first, last) = (try #require(LocalDate(from)), try #require(LocalDate(to)))
        return try #require(DaySpan(from: first, to: last))
    }

    private func summary(_ rows: [FigureKind: [SummarySight.Row]]) throws -> SummarySight {
        let span = try span("2026-04-10", "2027-03-31")
        let line = CompletenessLine(
            entity: "invoice", from: span.from, to: LocalDate("2026-11-26"), rejected: 2, held: 0)
        return SummarySight(span: span, tables: rows, completeness: [line])
    }

    @Test("Each table has its totals, its completeness, its CSV, and the way to the records of its rows")
    func summaries() async throws {
        var services = Scripted()
        services.summary = try summary([
            .month: [
                .init(key: "2026-04-01", label: "2026-04", minutes: 90, billableMinutes: 30, amount: 1234.5),
                .init(key: "2026-05-01", label: "2026-05", minutes: -15, billableMinutes: 0, amount: -0.5),
            ],
            .client: [.init(key: "c/1", label: "<b>Co", minutes: 60, billableMinutes: 0, amount: 0)],
            .staff: [
                .init(key: "s", label: "Ann", minutes: 60, billableMinutes: 0, amount: nil),
                .init(key: nil, label: nil, minutes: 60, billableMinutes: 0, amount: 5),
            ],
            .jobState: [.init(key: "In & out", label: "In & out", minutes: 60, billableMinutes: 0, amount: 7)],
        ])
        try await NumberFixture.run(services) { pages in
            let text = try await pages.get("/connections/acme/summaries").text
            #expect(text.contains("10 Apr 2026 to 31 Mar 2027."))
            #expect(text.contains("Invoices: complete from 10 Apr 2026 to 26 Nov 2026; 2 rejected."))
            #expect(text.contains(">1.50<") && text.contains(">−0.25<") && text.contains(">1,234.00<"), "\(text)")
            // A total of which a part is not known is not known.
            #expect(text.contains("<td class=\"number\">–</td></tr></tfoot>"), "\(text)")
            #expect(text.contains("/connections/acme/records/client/c%2F1\">&lt;b&gt;Co</a>"))
            #expect(text.contains("c1=state&amp;o1=is&amp;v1=In%20%26%20out"))
            // The month's part of the span, and not all of it.
            #expect(text.contains("c1=worked_on&amp;o1=at_least&amp;v1=2026-04-10&amp;c2=worked_on&amp;o2=at_most&amp;v2=2026-04-30"))
            #expect(text.contains("/summaries/job_state/csv?from=2026-04-10&amp;to=2027-03-31"))
        }
    }

    @Test("A span is two days, the first before the last; anything else is refused in words")
    func spans() async throws {
        var services = Scripted()
        services.summary = try summary([:])
        let asked = services.asked
        try await NumberFixture.run(services) { pages in
            for question in ["from=2026-05-01", "from=x&to=2026-05-01", "from=2026-05-02&to=2026-05-01"] {
                let answer = try await pages.get("/connections/acme/summaries?\(question)")
                #expect(answer.status == .unprocessableContent, "\(question)")
            }
            #expect(await asked.spans.isEmpty)
            #expect(try await pages.get("/connections/acme/summaries?from=2026-05-01&to=2026-05-01").status == .ok)
            let day = try span("2026-05-01", "2026-05-01")
            #expect(await asked.spans == [day])
            #expect(try await pages.get("/connections/acme/summaries/drafts/csv").status == .notFound)
        }
    }

    @Test("A chart is drawn with a title and a description, negative bars below the line, and without any inline style")
    func chart() async throws {
        var services = Scripted()
        var sight = ChartSight(
            groups: ["Jan", "<Feb>", "Mar"], series: [.init("FY & 26", [100, -50, nil])], unit: "invoiced")
        sight.columns = [TableSight.Column(name: "amount", type: "", comment: "", isNumber: true, isOrdered: false)]
        sight.rows = [["100"], ["-50"]]
        services.drawn = [.invoiced: sight]
        try await NumberFixture.run(services) { pages in
            let page = try await pages.get("/connections/acme/charts")
            let text = page.text
            #expect(text.contains("<title id=\"chart-invoiced-title\">Invoiced per month</title>"))
            #expect(text.contains("FY &amp; 26: from −50.00 (&lt;Feb&gt;) to 100.00 (Jan) invoiced. The table has all values."))
            #expect(!text.contains("style=") && !text.contains("<Feb>"))
            // From 100 to -50 are 220 units; nought lies a third above the bottom at 230.
            #expect(text.matches(of: /<rect [^>]*class="series-1">/).count == 2, "\(text)")
            #expect(text.contains("y=\"10\"") && text.contains("height=\"147\""), "\(text)")
            #expect(text.contains("y=\"157\"") && text.contains("height=\"73\""), "\(text)")
            #expect(text.contains("/connections/acme/charts/invoiced/csv"))
        }
    }

    @Test("Without data a chart says so; nought and single values have a scale")
    func noData() async throws {
        var services = Scripted()
        services.drawn = [
            .hours: ChartSight(groups: [], series: [], unit: "hours"),
            .winRate: ChartSight(groups: ["Jan"], series: [.init("Won", [0])], unit: "%"),
        ]
        try await NumberFixture.run(services) { pages in
            let text = try await pages.get("/connections/acme/charts").text
            #expect(text.contains("There is nothing to draw yet."))
            #expect(text.contains("Won: from 0.00 (Jan) to 0.00 (Jan) %."))
        }
        #expect(ChartScale([]).ticks == [0, 1])
        #expect(ChartScale([0, 0]).ticks == [0, 1])
        #expect(ChartScale([-3]).ticks.first == -3)
        #expect(ChartScale([-3]).ticks.last == 0)
        #expect(ChartScale([100, -50]).ticks == [-50, 0, 50, 100])
        #expect(ChartScale([7]).share(7) <= 1)
        #expect(ChartScale([1]).words(250_000) == "250k")
        #expect(ChartScale([1]).words(-1_500_000) == "−1.5M")
    }

    @Test(
        "Decimals are grouped and rounded, whatever their sign and length",
        arguments: [
            ("1234567.5000", "1,234,567.50"), ("-0.005", "−0.01"), ("0", "0.00"), ("999.999", "1,000.00"),
            ("-1234", "−1,234.00"), ("x", "x"),
        ])
    func decimals(_ text: String, _ words: String) {
        #expect(DecimalText.grouped(text) == words)
    }
}

@Suite("Pages of records")
struct RecordsPageTests {
    @Test("A record shows its values, lines, mentions and history, and nothing of it is HTML")
    func record() async throws {
        let script = "<script>x</script>"
        let version = RecordVersion(
            since: Date(timeIntervalSince1970: 1_780_000_000), run: 7, change: .first, fields: ["name": script])
        let entity = EntityDefinition(
            "job", .transactional, summary: "Jobs.", endpoint: Endpoint("x", items: "A/B"), window: .whole,
            table: "wfm.job", key: ["uuid"], columns: [.text("name", at: "Name")])
        var record = RecordSight(
            entity: "job", key: script, label: script, zone: "UTC",
            history: RecordDiff(of: entity, key: script, [version]))
        record.fields = [
            .init(name: "name", value: script, comment: script, isBookkeeping: false),
            .init(name: "client_uuid", value: "c1", comment: "", isBookkeeping: false),
            .init(name: "budget", value: nil, comment: "", isBookkeeping: false),
        ]
        record.historyTimes = ["2026-05-28 20:26"]
        record.deletedAt = "2026-06-01 10:00:00+12"
        record.lines = [
            RecordSight.Lines(Scripted().table, filters: [TableFilter("uuid", .equal, "j1")])
        ]
        record.mentions = [
            RecordSight.Mention(
                relation: "wfm.timesheet", column: "job_number", filters: [TableFilter("job_number", .equal, "J 1")],
                count: 1_234)
        ]
        var services = Scripted()
        services.record = .one(record)
        services.rawRecord = RawRecord(
            text: "<Job>&amp;\(script)</Job>", run: 7, askedAt: Date(timeIntervalSince1970: 0), asked: "job.api/list",
            zone: "UTC")
        try await NumberFixture.run(services) { pages in
            let text = try await pages.get("/connections/acme/records/job/x").text
            #expect(!text.contains(script), "\(text)")
            #expect(text.contains("Empty: budget.") && text.contains("marked it as deleted at 2026-06-01"))
            #expect(text.contains("href=\"/connections/acme/records/client/c1\""))
            #expect(text.contains("c1=job_number&amp;o1=is&amp;v1=J%201\">wfm.timesheet</a>"))
            #expect(text.contains(">1,234<") && text.contains("2026-05-28 20:26 · run 7 · first seen"))
            let raw = try await pages.get("/connections/acme/records/job/x/raw").text
            #expect(raw.contains("&lt;Job&gt;&amp;amp;&lt;script&gt;x&lt;/script&gt;&lt;/Job&gt;"), "\(raw)")
        }
    }

    @Test("A number that several records bear leads to a choice of them")
    func several() async throws {
        var services = Scripted()
        services.record = .several(["a/1", "b"])
        try await NumberFixture.run(services) { pages in
            let text = try await pages.get("/connections/acme/records/job/J1").text
            #expect(text.contains("2 records have the number &quot;J1&quot;"))
            #expect(text.contains("href=\"/connections/acme/records/job/a%2F1\""))
        }
    }
}
