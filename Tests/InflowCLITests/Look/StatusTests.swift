import Foundation
import Inflow
import Testing

@testable import InflowCLI
@testable import Warehouse

@Suite("How connections stand, in words")
struct StatusTests {
    /// 2026-11-21 04:00 UTC, 17:00 in Auckland.
    private let now = Instant(timeIntervalSince1970: 1_795_233_600)

    private func document(_ status: ConnectionStatus, rows: [String: Int] = [:]) -> StatusDocument {
        StatusDocument(status, rows: rows, known: ["job", "invoice"], now: now)
    }

    private func json(_ document: StatusDocument) throws -> [String: Any] {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.dateEncodingStrategy = .iso8601
        let object = try JSONSerialization.jsonObject(with: try encoder.encode(document))
        return try #require(object as? [String: Any])
    }

    @Test("Many connections with long names and large numbers fit 80 columns, a line or two each")
    func fits() {
        let statuses = (0..<20).map { number in
            ConnectionStatus.sample(
                "an organisation with a very long name \(number)", tokenEnds: now.addingTimeInterval(5_000_000),
                lastRun: .sample(1, .ended(.interrupted), at: now.addingTimeInterval(-86_400 * 29)),
                entities: [
                    ConnectionStatus.Entity(
                        entity: "job", readAt: now.addingTimeInterval(-86_400 * 500), status: .green)
                ],
                rejections: 1_234)
        }
        let lines = StatusDocument.table(statuses.map { document($0, rows: ["job": 9_876_543]) }, now: now)
        #expect(lines.count <= 2 + 3 * 20)
        for line in lines { #expect(line.count <= 80, "\(line.count): \(line)") }
    }

    @Test("The list says when by the connection's own clock, and what deserves the first look")
    func list() {
        let last = ConnectionStatus.Run.sample(7, .ended(.green), at: now.addingTimeInterval(-3 * 3_600))
        let read = ConnectionStatus.Entity(entity: "job", readAt: now.addingTimeInterval(-3 * 3_600), status: .green)
        let documents = [
            document(
                .sample(
                    "acme", tokenEnds: now.addingTimeInterval(86_400 * 58.5), lastRun: last, entities: [read]),
                rows: ["job": 1_234, "invoice": 6]),
            document(.sample("new", anchor: nil)),
            document(.sample("off", isOn: false, lastRun: last)),
            document(.sample("resting", paused: now, lastRun: last)),
            document(.sample("revoked", needsConsent: now, lastRun: last)),
            document(.sample("busy", lastRun: last, newest: .sample(8, .running, at: now))),
        ]
        let words = StatusDocument.table(documents, now: now).dropFirst(2).map { line in
            line.split(separator: " ").joined(separator: " ")
        }
        #expect(
            words == [
                "acme 21 Nov 14:00 22 Nov 07:30 58 d 1,240 0 3 h green",
                "new – – none 0 0 – never read",
                "off 21 Nov 14:00 off none 0 0 – green",
                "resting 21 Nov 14:00 – none 0 0 – paused",
                "revoked 21 Nov 14:00 22 Nov 07:30 none 0 0 – consent",
                "busy 21 Nov 14:00 22 Nov 07:30 none 0 0 – running",
            ])
        #expect(StatusDocument.table([], now: now).first?.hasPrefix("No connection yet.") == true)
    }

    @Test("The document of one connection has its keys also where there is nothing to show")
    func keys() throws {
        let empty = try json(document(.sample("new", anchor: nil)))
        for key in ["last_run", "next_run", "anchor", "token_days_left", "fresh_at", "paused_at", "newest_run"] {
            #expect(empty[key] is NSNull, "\(key)")
        }
        #expect(empty["enabled"] as? Bool == true && empty["connection"] as? String == "new")

        let last = ConnectionStatus.Run.sample(7, .ended(.green), at: now.addingTimeInterval(-60))
        let full = try json(document(.sample("acme", lastRun: last), rows: ["job": 3]))
        #expect(full["last_run"] as? String == "2026-11-21T03:59:00Z")
        #expect(full["next_run"] as? String == "2026-11-21T18:30:00Z")
        #expect(full["anchor"] as? [String: String] == ["at": "07:30", "zone": "Pacific/Auckland"])
        #expect(full["rows"] as? Int == 3 && full["errors"] as? Int == 0 && full["last_run_number"] as? Int == 7)
        #expect((full["entities"] as? [[String: Any]])?.map { $0["entity"] as? String } == ["job", "invoice"])
        let off = try json(document(.sample("off", isOn: false, lastRun: last)))
        #expect(off["enabled"] as? Bool == false && off["next_run"] is NSNull && off["anchor"] is [String: Any])
    }

    @Test("One connection at length names what is wrong and the command that shows more")
    func atLength() {
        let broken = ConnectionStatus.sample(
            "acme", needsConsent: now.addingTimeInterval(-3_600), tokenEnds: now.addingTimeInterval(-60),
            newest: .sample(9, .ended(.consent), at: now.addingTimeInterval(-3_600)),
            entities: [ConnectionStatus.Entity(entity: "job", readAt: nil, status: .failed)], rejections: 2,
            callsLeft: 4_970,
            incidents: ["consent_needed": 1])
        let text = document(broken).lines(now: now).joined(separator: "\n")
        for words in [
            "every day at 07:30 Pacific/Auckland", "none yet: \"inflow sync acme\"",
            "9 (slot), 2026-11-21 16:00, consent",
            "needed since 2026-11-21 16:00: It was revoked.", "expired 2026-11-21 16:59", "not read: job",
            "2 rejected records and values: \"inflow rejections acme\"", "Inflow never read job completely",
            "4,970 of today's",
            "consent_needed 1", "2026-11-22 07:30, in 14 h",
        ] {
            #expect(text.contains(words), "\(words)\n\(text)")
        }
    }
}

@Suite("Instants as a person reads them")
struct WhenTextTests {
    private let now = Instant(timeIntervalSince1970: 1_795_233_600)

    @Test("The year stands in for the time where it is another one, by the clock of the zone")
    func years() throws {
        let auckland = try #require(TimeZone(identifier: "Pacific/Auckland"))
        #expect(InstantText.short(now, in: auckland, now: now) == "21 Nov 17:00")
        let newYear = Instant(timeIntervalSince1970: 1_798_714_800)
        #expect(InstantText.short(newYear, in: .gmt, now: now) == "31 Dec 11:00")
        #expect(InstantText.short(newYear, in: auckland, now: now) == "1 Jan 2027")
        #expect(InstantText.long(newYear, in: auckland) == "2027-01-01 00:00")
    }

    @Test("A span is shown in the largest unit that it fills")
    func spans() {
        #expect(
            [0, 59, 3_599, 3_600, 172_799, 172_800, -7_200].map { InstantText.span($0) } == [
                "0 min", "0 min", "59 min", "1 h", "47 h", "2 d", "2 h",
            ])
    }
}
