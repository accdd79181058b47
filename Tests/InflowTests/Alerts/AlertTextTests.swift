import Foundation
import TestSupport
import Testing

@testable import Inflow

@Suite("Alert texts")
struct AlertTextTests {
    private static let now = Instant(timeIntervalSince1970: 1_795_233_600)

    /// An incident of each kind; two of those that share a message.
    private static func incidents(_ kind: IncidentKind) -> [Incident] {
        switch kind {
        case .runFailed: [Incident(kind, detail: "invoice: The answer is cut short.\njob: Status 503.", run: 12)]
        case .requestFailed: [Incident(kind, detail: "The process that ran it ended without a word.", run: 12)]
        case .heldDeletions:
            [
                Incident(
                    kind,
                    detail: "17 rows\ninvoice INV-7, Smith, 2026-11-02: 17 of 20 rows were absent from the answer\n"
                        + "… and 16 more", run: 12)
            ]
        case .rejections: [Incident(kind, detail: "1 record", run: 12)]
        case .consentNeeded: [Incident(kind, detail: "The platform refused the refresh token.")]
        case .staleTable:
            [
                Incident(kind, subject: "invoice", detail: "last read completely 2026-11-19 03:00 UTC"),
                Incident(kind, subject: "job", detail: "never read completely, first requested 2026-11-18 03:00 UTC"),
            ]
        case .tokenExpiring: [Incident(kind, detail: "2026-11-28 04:00 UTC")]
        case .noRun:
            [Incident(kind, detail: "since 2026-11-19 19:38 UTC; one was due at 2026-11-20 19:38 UTC")]
        case .warehouseAway: [Incident(kind, detail: "the warehouse has not answered for 10 minutes")]
        }
    }

    /// All messages there are, one after the other.
    private var all: String {
        var texts = [AlertNotice(testOf: "acme", at: Self.now)]
        for kind in IncidentKind.allCases {
            for event in [AlertNotice.Event.opened, .closed] {
                texts.append(AlertNotice(event, kind, Self.incidents(kind), connection: "acme", at: Self.now))
            }
        }
        return texts.map { "Subject: \($0.subject)\n\n\($0.text)" }.joined(separator: "\n========\n\n")
    }

    @Test("The messages say what happened, what Inflow did and what the person can do")
    func golden() throws {
        let file = Checkout.file("Tests/InflowTests/Golden/alerts.txt")
        if ProcessInfo.processInfo.environment["INFLOW_WRITE_GOLDEN"] != nil {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try all.write(to: file, atomically: true, encoding: .utf8)
        }
        #expect(all == (try String(contentsOf: file, encoding: .utf8)))
    }

    /// A week with everything in it, one with nothing, and mails about runs that went well.
    private var summaries: String {
        let zone = TimeZone(identifier: "Pacific/Auckland") ?? .gmt
        let until = Self.now.addingTimeInterval(-3_600)
        let from = until.addingTimeInterval(-7 * 86_400)
        let nothing = WeeklyDigest(connection: "acme", zone: zone, from: from, until: until, madeAt: Self.now)
        var full = nothing
        full.runs = [
            .init(trigger: .manual, outcome: .failed, count: 1), .init(trigger: .slot, outcome: .green, count: 6),
            .init(trigger: .targeted, outcome: .rejections, count: 2),
            .init(trigger: .values, outcome: .green, count: 1_031),
        ]
        full.failures = [
            .init(
                run: 41, outcome: .failed, startedAt: until.addingTimeInterval(-90_000),
                error: "invoice: Status 503.\njob: Status 503.")
        ]
        let day = LocalDate(until, in: zone)
        full.entities = [
            entity("client", .init(inserted: 3, updated: 12), .complete, read: until),
            entity(
                "invoice", .init(inserted: 12, updated: 40, marked: 1),
                .days(from: day.adding(months: -34), to: day, then: nil), read: until),
            entity(
                "timesheet", .init(inserted: 18_765),
                .days(from: day.adding(months: -34), to: day.adding(days: -40), then: .rejected), read: until),
            entity("lead", .init(), .nothing(.failed)), entity("quote", .init(), .nothing(.never)),
            entity("invoice_payment", .init(inserted: 212), .partial(percent: 3)),
            entity("job_cost", .init(), .changedSince), entity("timesheet_custom_field", .init(), .leftOut),
        ]
        (full.held, full.heldExamples) = (
            17, ["invoice INV-7, Smith, 2026-11-02: 17 of 20 rows were absent from the answer"]
        )
        (full.rejections, full.rejectionExamples) = (
            1, ["job J-12, Roof \u{7}\nrepair: budget \"abc\": the text is not a number"]
        )
        (full.findings, full.calls, full.callsLeft, full.tokenDays) = (2_765, 3_210, 4_120, 52)
        full.nextRun = Self.now.addingTimeInterval(40_000)
        var lost = nothing
        (lost.consentReason, lost.findings) = ("The platform refused the refresh token.", 0)
        lost.runs = [.init(trigger: .slot, outcome: .consent, count: 1)]
        return ([full, lost].map(\.summary) + successes(zone)).map { "Subject: \($0.subject)\n\n\($0.text)" }
            .joined(separator: "\n========\n\n")
    }

    private func entity(
        _ name: String, _ changes: WeeklyDigest.Changes, _ completeness: Completeness, read: Instant? = nil
    ) -> WeeklyDigest.Entity {
        var entity = WeeklyDigest.Entity(name)
        (entity.changes, entity.completeness, entity.readAt) = (changes, completeness, read)
        return entity
    }

    private func successes(_ zone: TimeZone) -> [Summary] {
        let nothing = SuccessNotice(
            connection: "acme", zone: zone, run: 57, outcome: .green, finishedAt: Self.now, seconds: 14, calls: 21,
            madeAt: Self.now)
        var rows = nothing
        rows.entities = [.init("staff", .init(updated: 1))]
        rows.nextRun = Self.now.addingTimeInterval(86_400)
        var money = nothing
        money.entities = [
            .init("client", .init(inserted: 2)),
            .init("invoice", .init(inserted: 12, updated: 40, marked: 1), money: "-12345.60"),
            .init("quote", .init(inserted: 1_200), money: "1234567.00"), .init("job", .init()),
        ]
        (money.rejections, money.partial) = (2, [.init("invoice_payment", percent: 3), .init("job_cost", percent: 7)])
        return [nothing, rows, money].map(\.summary)
    }

    @Test("Digests and mails of runs that went well say the numbers, by the connection's clock")
    func summaryGolden() throws {
        let file = Checkout.file("Tests/InflowTests/Golden/summaries.txt")
        if ProcessInfo.processInfo.environment["INFLOW_WRITE_GOLDEN"] != nil {
            try summaries.write(to: file, atomically: true, encoding: .utf8)
        }
        #expect(summaries == (try String(contentsOf: file, encoding: .utf8)))
        #expect(summaries.split(separator: "\n").filter { $0.hasPrefix("Subject:") }.count == 5)
    }

    @Test("A test of the mail server of all connections names no connection")
    func sharedTest() {
        let notice = AlertNotice(testOf: nil, at: Self.now)
        #expect(notice.subject == "Inflow: a test message")
        #expect(notice.text.contains("for all connections") && notice.text.contains("inflow alert set --all --help\n"))
    }

    @Test("A name is quoted as a shell takes it, and cannot break a line")
    func names() {
        let notice = AlertNotice(
            .opened, .runFailed, [Incident(.runFailed, detail: "x\u{7}\r\nBcc: a@b")],
            connection: "Smith's\r\nBcc: x@y", at: Self.now)
        #expect(notice.subject == "Inflow, Smith's  Bcc: x@y: the sync failed")
        #expect(notice.text.contains("inflow sync 'Smith'\\''s  Bcc: x@y'"))
        #expect(notice.text.contains("\n  x \n  Bcc: a@b\n"))
    }

    @Test("What a run said at length is cut")
    func long() {
        let detail = (1...40).map { "\($0) " + String(repeating: "x", count: 1_000) }.joined(separator: "\n")
        let notice = AlertNotice(
            .opened, .runFailed, [Incident(.runFailed, detail: detail)], connection: "a", at: Self.now)
        #expect(notice.text.contains("… and 30 more lines"))
        #expect(notice.text.count < 5_000)
    }

    @Test("A webhook's document says the same to a program")
    func webhook() throws {
        let notice = AlertNotice(.opened, .staleTable, Self.incidents(.staleTable), connection: "acme", at: Self.now)
        let body = notice.webhookBody(delivery: "d-1")
        let document = try #require(try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any])
        #expect(
            document.keys.sorted() == [
                "connection", "delivery", "event", "incidents", "kind", "made_at", "subject", "text",
            ])
        #expect(document["delivery"] as? String == "d-1" && document["event"] as? String == "opened")
        #expect(
            document["kind"] as? String == "stale_table" && document["made_at"] as? String == "2026-11-21T04:00:00Z")
        let incidents = try #require(document["incidents"] as? [[String: Any]])
        #expect(incidents.map { $0["subject"] as? String } == ["invoice", "job"])
        #expect(body == notice.webhookBody(delivery: "d-1"))
    }
}
