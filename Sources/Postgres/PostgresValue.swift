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
        var text = text
        let parsed = text.withUTF8 { bytes in
            var cursor = Cursor(bytes)
            return Self.parts(&cursor)
        }
        guard let (seconds, microseconds) = parsed else { return nil }
        let (whole, isTooLarge) = seconds.multipliedReportingOverflow(by: 1_000_000)
        // One rounding only, so that the same microsecond always gives the same Date. The last year that PostgreSQL knows
        // has no room for microseconds in 64 bits.
        date =
            isTooLarge
            ? Date(timeIntervalSinceReferenceDate: Double(seconds))
            : Date(timeIntervalSinceReferenceDate: Double(whole + microseconds) / 1_000_000)
    }

    /// Seconds since 2001-01-01 UTC, and microseconds after them; `nil` where the text is no timestamp.
    private static func parts(_ text: inout Cursor) -> (Int, Int)? {
        guard let year = text.number(digits: 4...7), text.take("-"), let month = text.two(), text.take("-"),
            let day = text.two(), text.take(" "), let hour = text.two(), text.take(":"), let minute = text.two(),
            text.take(":"), let second = text.two()
        else { return nil }
        var microseconds = 0
        if text.take(".") {
            let begin = text.place
            guard var fraction = text.number(digits: 1...6) else { return nil }
            for _ in (text.place - begin)..<6 { fraction *= 10 }
            microseconds = fraction
        }
        let isWest = text.take("-")
        guard isWest || text.take("+"), let hours = text.two() else { return nil }
        var offset = hours * 3600
        for unit in [60, 1] where text.take(":") {
            guard let part = text.two() else { return nil }
            offset += part * unit
        }
        let isBeforeChrist = text.take(" ")
        if isBeforeChrist { guard text.take("B"), text.take("C") else { return nil } }
        guard text.isAtEnd else { return nil }
        let days = days(year: isBeforeChrist ? 1 - year : year, month: month, day: day)
        return (days * 86_400 + hour * 3600 + minute * 60 + second - (isWest ? -offset : offset), microseconds)
    }

    /// A place in the text.
    ///
    /// A regular expression would be compiled anew for each of the thousands of instants of an answer.
    private struct Cursor {
        private let bytes: UnsafeBufferPointer<UInt8>
        private(set) var place = 0

        init(_ bytes: UnsafeBufferPointer<UInt8>) {
            self.bytes = bytes
        }

        var isAtEnd: Bool { place == bytes.count }

        mutating func take(_ character: Unicode.Scalar) -> Bool {
            guard place < bytes.count, bytes[place] == UInt8(ascii: character) else { return false }
            place += 1
            return true
        }

        mutating func two() -> Int? { number(digits: 2...2) }

        mutating func number(digits: ClosedRange<Int>) -> Int? {
            var (value, count) = (0, 0)
            while count < digits.upperBound, place < bytes.count, (48...57).contains(bytes[place]) {
                value = value * 10 + Int(bytes[place] - 48)
                (place, count) = (place + 1, count + 1)
            }
            return count < digits.lowerBound ? nil : value
        }
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
