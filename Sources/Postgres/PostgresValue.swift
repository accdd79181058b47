public import Foundation

/// One value of a result, as the text the server wrote; each reading is nil for null and for text of another type.
public struct PostgresValue: Sendable, Equatable {
    /// The server's text in UTF-8; nil is SQL null.
    let bytes: ArraySlice<UInt8>?

    /// Whether this is SQL null.
    public var isNull: Bool { bytes == nil }

    /// The text as it stands.
    public var string: String? { bytes.map { String(decoding: $0, as: UTF8.self) } }

    /// The value as a whole number; `nil` for SQL null and for text that is none.
    public var int: Int? { string.flatMap { Int($0) } }

    /// A whole number of 64 bits.
    public var int64: Int64? { string.flatMap { Int64($0) } }

    /// A floating-point number; the server's shortest exact text gives the same bits back.
    public var double: Double? { string.flatMap { Double($0) } }

    /// A decimal number, exact up to 38 digits.
    public var decimal: Decimal? {
        string.flatMap { Decimal(string: $0, locale: Locale(identifier: "en_US_POSIX")) }
    }

    /// The value as a boolean, from `t` or `f`; `nil` for SQL null and for other text.
    public var bool: Bool? {
        switch string {
        case "t": true
        case "f": false
        default: nil
        }
    }

    /// The bytes of a `bytea`, which the server writes as `\x` and hexadecimal digits.
    public var rawBytes: [UInt8]? {
        guard let bytes, bytes.count % 2 == 0, bytes.starts(with: [0x5C, 0x78]) else { return nil }
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.count / 2 - 1)
        var index = bytes.startIndex + 2
        while index < bytes.endIndex {
            guard let high = Self.digit(bytes[index]), let low = Self.digit(bytes[index + 1]) else { return nil }
            decoded.append(high << 4 | low)
            index += 2
        }
        return decoded
    }

    /// The instant of a `timestamptz`, exact to the microsecond; nil for `infinity`.
    public var date: Date? { string.flatMap { TimestampText($0)?.date } }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

/// Reads `2026-11-21 06:07:03.123456+05:30` and its like, which the server writes under `datestyle` ISO.
struct TimestampText {
    let date: Date

    init?(_ text: String) {
        let pattern =
            /(\d{4,})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?([+-])(\d\d)(?::(\d\d))?(?::(\d\d))?( BC)?/
        guard let match = text.wholeMatch(of: pattern)?.output, let year = Int(match.1), let month = Int(match.2),
            let day = Int(match.3), let hour = Int(match.4), let minute = Int(match.5), let second = Int(match.6)
        else { return nil }
        let fraction = match.7.map { String($0).padding(toLength: 6, withPad: "0", startingAt: 0) } ?? "0"
        let part = { (text: Substring?) in text.flatMap { Int($0) } ?? 0 }
        let offset = part(match.9) * 3600 + part(match.10) * 60 + part(match.11)
        let days = Self.days(year: match.12 == nil ? year : 1 - year, month: month, day: day)
        let seconds = days * 86_400 + hour * 3600 + minute * 60 + second - (match.8 == "-" ? -offset : offset)
        let microseconds = seconds * 1_000_000 + (Int(fraction) ?? 0)
        // One rounding only, so that the same microsecond always gives the same Date.
        date = Date(timeIntervalSinceReferenceDate: Double(microseconds) / 1_000_000)
    }

    /// Days from 2001-01-01 in the proleptic Gregorian calendar; year 0 is 1 BC.
    private static func days(year: Int, month: Int, day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 730_791
    }
}
