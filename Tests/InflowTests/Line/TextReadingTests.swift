import Testing

@testable import Inflow

/// Every kind of column against texts as the platform writes them (reference §2.4, §2.6), good, odd and bad.
@Suite("TextReading")
struct TextReadingTests {
    private func read(_ text: String, as kind: Column.Kind) throws -> String {
        let entity = EntityDefinition.thing(
            columns: [.text("uuid", at: "UUID", presence: .required), Column("value", kind, paths: ["Value"])])
        let shaped = Shaped(entity, "Thing\n  UUID: a\n  Value: \(text)")
        if let rejection = shaped.result.rejections.first {
            #expect(rejection.isOfValue && shaped.rows() == ["a | ∅ | ∅"], "the record stays without the value")
            #expect(rejection.raw == text)
            #expect(rejection.column == "value")
            return rejection.reason.rawValue
        }
        return String(try shaped.value().dropFirst("a | ".count))
    }

    @Test(
        "Texts are kept as sent, leading zeros, blanks and lines included",
        arguments: [("0042", "0042"), (" two  blanks ", " two  blanks "), ("a\\nb", "a\nb"), ("", "∅"), ("æ‑😀", "æ‑😀")])
    func texts(_ text: String, _ expected: String) throws {
        #expect(try read(text, as: .text) == expected)
    }

    @Test(
        "Decimals lose their scale and nothing else",
        arguments: [
            ("1.50", "1.5"), ("1.5000", "1.5"), ("1.5", "1.5"), ("100", "100"), ("100.00", "100"), ("0", "0"),
            ("-0", "0"),
            ("0.00", "0"), ("-0.000", "0"), (".5", "0.5"), ("-.50", "-0.5"), ("5.", "5"), ("+7.25", "7.25"),
            ("007.10", "7.1"), ("-007.10", "-7.1"), ("0.0001", "0.0001"), ("-12.3400", "-12.34"), (" 3.10 ", "3.1"),
            ("00", "0"), (".0", "0"), ("", "∅"), ("  ", "∅"), ("10.010", "10.01"),
            ("12345678901234567890.123456789", "12345678901234567890.123456789"),
            ("1,234.50", "not_a_number"), ("1 000", "not_a_number"), ("1e5", "100000"), ("1E-05", "0.00001"),
            ("-2.50E+3", "-2500"), ("1.5e0", "1.5"),
            ("12.345e1", "123.45"), (".5E1", "5"), ("0E5", "0"), ("1e", "not_a_number"), ("e5", "not_a_number"),
            ("1e5.5", "not_a_number"), ("1e1000000000", "not_a_number"), ("1e5e5", "not_a_number"),
            ("INF", "not_a_number"), ("-", "not_a_number"),
            (".", "not_a_number"), ("+", "not_a_number"), ("--5", "not_a_number"), ("1.2.3", "not_a_number"),
            ("$5", "not_a_number"), ("NaN", "not_a_number"), ("5-", "not_a_number"), ("1٫5", "not_a_number"),
        ])
    func decimals(_ text: String, _ expected: String) throws {
        #expect(try read(text, as: .decimal) == expected)
    }

    @Test(
        "An amount is a decimal that reports can give with 15 digits and four places",
        arguments: [
            ("999999999999999", "999999999999999"), ("-999999999999999.9999", "-999999999999999.9999"),
            ("000999999999999999.00", "999999999999999"), ("999999999999999.99994", "999999999999999.99994"),
            ("999999999999998.99999", "999999999999998.99999"), ("1e14", "100000000000000"), ("1.50", "1.5"),
            ("0.00000000000000000001", "0.00000000000000000001"), ("", "∅"), ("12,x", "not_a_number"),
            ("1000000000000000", "out_of_range"), ("-1000000000000000.00", "out_of_range"), ("1E15", "out_of_range"),
            ("999999999999999.99995", "out_of_range"), ("-999999999999999.999951", "out_of_range"),
            ("12345678901234567890.5", "out_of_range"), ("1e199", "out_of_range"),
        ])
    func amounts(_ text: String, _ expected: String) throws {
        #expect(try read(text, as: .money) == expected)
    }

    @Test(
        "Whole numbers and minutes may carry a sign and a fraction of zeros",
        arguments: [
            ("0", "0"), ("1440", "1440"), ("-90", "-90"), ("+15", "15"), ("600.00", "600"), (" 7 ", "7"),
            ("0012", "12"),
            ("", "∅"), (" ", "∅"), ("2147483647", "2147483647"), ("-2147483648", "-2147483648"),
            ("2147483648", "out_of_range"), ("-2147483649", "out_of_range"), ("99999999999999999999", "not_a_number"),
            ("1.5", "not_a_number"), ("1:30", "not_a_number"), ("12a", "not_a_number"), ("-", "not_a_number"),
            ("1e3", "1000"), ("1.5E2", "150"), ("1E-1", "not_a_number"), ("1e99", "not_a_number"),
            ("1,000", "not_a_number"), (".0", "not_a_number"),
        ])
    func wholeNumbers(_ text: String, _ expected: String) throws {
        #expect(try read(text, as: .integer) == expected)
        #expect(try read(text, as: .minutes) == expected)
    }

    @Test(
        "Yes and no come in any spelling and case",
        arguments: [
            ("true", "true"), ("True", "true"), ("TRUE", "true"), ("Yes", "true"), ("yes", "true"), ("1", "true"),
            ("false", "false"), ("False", "false"), ("No", "false"), ("NO", "false"), ("0", "false"), (" Yes ", "true"),
            ("", "∅"), (" ", "∅"), ("maybe", "not_a_boolean"), ("2", "not_a_boolean"), ("nope", "not_a_boolean"),
            ("true false", "not_a_boolean"),
        ])
    func booleans(_ text: String, _ expected: String) throws {
        #expect(try read(text, as: .boolean) == expected)
    }

    @Test(
        "Business dates are taken as they stand, with or without a time, and never shifted",
        arguments: [
            ("2026-10-01T00:00:00", "2026-10-01"), ("2026-10-01", "2026-10-01"), ("20261001", "2026-10-01"),
            ("2026-10-01T23:59:59", "2026-10-01"), ("2026-10-01T00:00:00Z", "2026-10-01"),
            ("2026-10-01T00:00:00+13:00", "2026-10-01"), ("2026-10-01 08:30", "2026-10-01"),
            (" 2026-10-01 ", "2026-10-01"),
            ("2024-02-29", "2024-02-29"), ("", "∅"), ("0001-01-01T00:00:00", "∅"), ("1900-01-01T00:00:00", "∅"),
            ("1900-01-02", "1900-01-02"), ("2026-02-29", "not_a_date"), ("2026-04-31T00:00:00", "not_a_date"),
            ("2026-13-01", "not_a_date"), ("01/10/2026", "not_a_date"), ("2026-1-5", "not_a_date"),
            ("0000-00-00", "not_a_date"), ("2026-10-01T25:00:00", "not_a_date"), ("2026-10-01junk", "not_a_date"),
            ("1 Oct 2026", "not_a_date"), ("2026", "not_a_date"), ("2026-10", "not_a_date"), ("2026-10-", "not_a_date"),
        ])
    func dates(_ text: String, _ expected: String) throws {
        #expect(try read(text, as: .date) == expected)
    }

    @Test(
        "Moments stand as they stood on the wall: a zone is not applied",
        arguments: [
            ("1970-01-02T00:00:01", "86401000000 µs"), ("1970-01-01T01:02:03.5", "3723500000 µs"),
            ("1970-01-01T01:02:03Z", "3723000000 µs"), ("1970-01-01T01:02:03+05:30", "3723000000 µs"),
            ("1969-12-31T23:59:59", "-1000000 µs"), ("1970-01-02", "86400000000 µs"), ("", "∅"),
            ("0001-01-01T00:00:00", "∅"), ("1970-01-02T24:00:00", "not_a_date"), ("1970-01-02T10:60", "not_a_date"),
            ("yesterday", "not_a_date"),
        ])
    func moments(_ text: String, _ expected: String) throws {
        #expect(try read(text, as: .moment) == expected)
    }

    @Test(
        "Instants honour Z and offsets and are UTC without one",
        arguments: [
            ("1970-01-01T01:00:00", "3600000000 µs UTC"), ("1970-01-01T01:00:00Z", "3600000000 µs UTC"),
            ("1970-01-01T01:00:00z", "3600000000 µs UTC"), ("1970-01-01T01:00:00+01:00", "0 µs UTC"),
            ("1970-01-01T01:00:00-0130", "9000000000 µs UTC"), ("1970-01-01T01:00:00+01", "0 µs UTC"),
            ("1970-01-01T00:00:00.1234567Z", "123456 µs UTC"), ("1970-01-01T00:00:00.1Z", "100000 µs UTC"),
            ("1970-01-01 00:00", "0 µs UTC"), ("1970-01-01T00:00:60", "59000000 µs UTC"), ("", "∅"),
            ("0001-01-01T00:00:00Z", "∅"), ("1970-01-01T00:00:00.Z", "not_a_date"),
            ("9999-12-31T23:59:59", "253402300799000000 µs UTC"), ("9999-12-31T23:59:59-01:00", "not_a_date"),
            ("1970-01-01T00:00:00+", "not_a_date"), ("1970-01-01T00:00:00+25:00", "not_a_date"),
            ("1970-01-01T00:00:00Zulu", "not_a_date"), ("1970-01-01T", "not_a_date"),
        ])
    func instants(_ text: String, _ expected: String) throws {
        #expect(try read(text, as: .instant) == expected)
    }

    @Test(
        "Times of day come as HH:mm or as minutes of the day",
        arguments: [
            ("08:30", "30600 s"), ("8:30", "30600 s"), ("08:30:15", "30615 s"), ("780", "46800 s"), ("0", "0 s"),
            ("00:00", "0 s"), ("24:00", "0 s"), ("1440", "0 s"), ("2026-10-01T08:30:00", "30600 s"), ("", "∅"),
            ("1441", "not_a_time_of_day"), ("-5", "not_a_time_of_day"), ("24:01", "not_a_time_of_day"),
            ("25:00", "not_a_time_of_day"), ("08:60", "not_a_time_of_day"), ("8.30 am", "not_a_time_of_day"),
            ("08:30 PM", "not_a_time_of_day"), ("08:", "not_a_time_of_day"), (":30", "not_a_time_of_day"),
            ("1:2:3:4", "not_a_time_of_day"),
        ])
    func clocks(_ text: String, _ expected: String) throws {
        #expect(try read(text, as: .clock) == expected)
    }
}
