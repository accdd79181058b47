import Foundation
import Testing

@testable import Inflow

@Suite("11.5 Spellings of one identifier")
struct IdentifierTests {
    private static let guid = "abcdef00-1234-5678-9abc-def012345678"

    private func read(_ text: String, as kind: Column.Kind) throws -> String {
        let entity = EntityDefinition.thing(
            columns: [.text("uuid", at: "UUID", presence: .required), Column("value", kind, paths: ["Value"])])
        return String(try Shaped(entity, "Thing\n  UUID: a\n  Value: \(text)").value().dropFirst("a | ".count))
    }

    @Test(
        "A GUID is in lower case, without blanks or braces; blank or of zeros it is none; other keys only lose blanks",
        arguments: [
            (guid, guid), (guid.uppercased(), guid), ("  \(guid.uppercased())\n", guid), ("{\(guid)}", guid),
            ("\u{A0}{\(guid.uppercased())} ", guid), ("ABC-12", "ABC-12"), (" ABC-12 ", "ABC-12"), ("  ", "∅"),
            ("00000000-0000-0000-0000-000000000000", "∅"), ("{00000000-0000-0000-0000-000000000000}", "∅"), ("0", "∅"),
            ("ABCDEF00-1234-5678-9ABC-DEF01234567G", "ABCDEF00-1234-5678-9ABC-DEF01234567G"),
            ("ABCDEF0001234-5678-9ABC-DEF012345678", "ABCDEF0001234-5678-9ABC-DEF012345678"),
        ])
    func identifiers(text: String, expected: String) throws {
        #expect(try read(text, as: .identifier) == expected)
    }

    @Test(
        "A code only loses the blanks around it",
        arguments: [(" J 1 ", "J 1"), ("0", "0"), ("  ", "∅"), ("INV", "INV")])
    func codes(text: String, expected: String) throws {
        #expect(try read(text, as: .code) == expected)
    }

    @Test(
        "A record whose key is blank or of zeros is rejected for want of it",
        arguments: ["  ", "0", "00000000-0000-0000-0000-000000000000"])
    func missing(key: String) {
        let entity = EntityDefinition.thing(columns: [.identifier("uuid", at: "UUID", presence: .required)])
        let shaped = Shaped(entity, "Thing\n  UUID: \(key)")
        #expect(shaped.rejections.count == 1 && shaped.rows() == [])
        #expect(shaped.result.rejections.first?.reason == .missing && shaped.result.rejections.first?.key == "")
    }
}

@Suite("11.20 Business dates that come as moments")
struct MomentDateTests {
    @Test(
        "The organisation's zone decides the day; midnight of any zone is the day itself",
        arguments: [
            ("2026-03-09T11:00:00Z", "Pacific/Auckland", "2026-03-10"),
            ("2026-03-09T10:59:59Z", "Pacific/Auckland", "2026-03-09"),
            ("2026-03-09T11:00:00Z", "America/New_York", "2026-03-09"),
            ("2026-03-09T03:30:00Z", "America/New_York", "2026-03-08"),
            ("2026-03-09T00:00:00+13:00", "Pacific/Auckland", "2026-03-09"),
            ("2026-03-09T00:00:00Z", "America/New_York", "2026-03-09"),
            ("2026-03-09T00:00:00+10:00", "Australia/Perth", "2026-03-09"),
            ("2026-03-09T23:00:00", "Pacific/Auckland", "2026-03-09"), ("2026-03-09", "America/New_York", "2026-03-09"),
        ])
    func days(text: String, zone: String, expected: String) throws {
        let entity = EntityDefinition.thing(
            columns: [.text("uuid", at: "UUID", presence: .required), .date("on_day", at: "Day")])
        let zone = try #require(TimeZone(identifier: zone))
        let shaped = Shaped(entity, "Thing\n  UUID: a\n  Day: \(text)", zone: zone)
        #expect(try shaped.value() == "a | \(expected)")
    }
}
