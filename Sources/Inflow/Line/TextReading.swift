/// How a text of the platform is read as a typed value: pure, over bytes, without a `String`.
///
/// Source of the forms: reference §2.4 (dates) and §2.6 (scalars).
enum TextReading {
    typealias Bytes = UnsafeBufferPointer<UInt8>

    /// A whole number, with or without a sign; a fraction of zeros (`600.00`) is allowed.
    static func integer(_ bytes: Bytes) -> Int64? {
        let text = trimmed(bytes)
        var index = text.startIndex
        var isNegative = false
        if index < text.endIndex, text[index] == UInt8(ascii: "-") || text[index] == UInt8(ascii: "+") {
            isNegative = text[index] == UInt8(ascii: "-")
            index += 1
        }
        let firstDigit = index
        var number: Int64 = 0
        while index < text.endIndex, let digit = digit(text[index]) {
            let (times, overflowTimes) = number.multipliedReportingOverflow(by: 10)
            let (sum, overflowSum) = times.addingReportingOverflow(Int64(digit))
            if overflowTimes || overflowSum { return nil }
            number = sum
            index += 1
        }
        guard index > firstDigit else { return nil }
        if index < text.endIndex, isExponent(text[index]) || text[index...].contains(where: isExponent) {
            guard let plain = withoutExponent(text) else { return nil }
            return plain.withUnsafeBufferPointer(integer)
        }
        if index < text.endIndex {
            guard text[index] == UInt8(ascii: "."), text[(index + 1)...].allSatisfy({ $0 == UInt8(ascii: "0") }) else {
                return nil
            }
        }
        return isNegative ? -number : number
    }

    /// The canonical form of a decimal, as a range of `bytes` where it stands there in one piece, else as new bytes.
    ///
    /// Canonical: no plus sign, no leading zeros before the dot beyond one, no trailing zeros after it, no bare dot, no
    /// minus zero; so that equal numbers are equal texts whatever their scale.
    static func decimal(_ bytes: Bytes) -> (range: Range<Int>?, rewritten: [UInt8])? {
        var start = 0
        var end = bytes.count
        while start < end, isBlank(bytes[start]) { start += 1 }
        while end > start, isBlank(bytes[end - 1]) { end -= 1 }
        var isNegative = false
        if start < end, bytes[start] == UInt8(ascii: "-") || bytes[start] == UInt8(ascii: "+") {
            isNegative = bytes[start] == UInt8(ascii: "-")
            start += 1
        }
        let signed = start
        var dot: Int?
        for index in start..<end {
            if bytes[index] == UInt8(ascii: ".") {
                if dot != nil { return nil }
                dot = index
            } else if isExponent(bytes[index]) {
                guard let plain = withoutExponent(trimmed(bytes)) else { return nil }
                return plain.withUnsafeBufferPointer { number in
                    decimal(number).map { found in (nil, found.range.map { Array(number[$0]) } ?? found.rewritten) }
                }
            } else if digit(bytes[index]) == nil {
                return nil
            }
        }
        let wholeEnd = dot ?? end
        guard end - start > (dot == nil ? 0 : 1), end - start <= 200 else { return nil }
        if dot != nil {
            while end > wholeEnd + 1, bytes[end - 1] == UInt8(ascii: "0") { end -= 1 }
            if end == wholeEnd + 1 { end = wholeEnd }
        }
        while start + 1 < wholeEnd, bytes[start] == UInt8(ascii: "0") { start += 1 }
        if end == start || (end == start + 1 && bytes[start] == UInt8(ascii: "0")) {
            return (nil, [UInt8(ascii: "0")])
        }
        if start == wholeEnd {
            return (
                nil, (isNegative ? [UInt8(ascii: "-"), UInt8(ascii: "0")] : [UInt8(ascii: "0")]) + bytes[start..<end]
            )
        }
        guard isNegative else { return (start..<end, []) }
        if start == signed { return (start - 1..<end, []) }
        return (nil, [UInt8(ascii: "-")] + bytes[start..<end])
    }

    /// Whether a decimal in its canonical form is an amount that `numeric(19,4)` holds, rounded to four places.
    static func isAmount(_ canonical: ArraySlice<UInt8>) -> Bool {
        let digits = canonical.first == UInt8(ascii: "-") ? canonical.dropFirst() : canonical
        let dot = digits.firstIndex(of: UInt8(ascii: ".")) ?? digits.endIndex
        guard dot - digits.startIndex <= 15 else { return false }
        let fraction = digits[dot...].dropFirst()
        // 999999999999999.99995 is rounded up to 10^15.
        return dot - digits.startIndex < 15 || !digits[..<dot].allSatisfy { $0 == UInt8(ascii: "9") }
            || !fraction.prefix(4).elementsEqual("9999".utf8) || fraction.count < 5
            || fraction[fraction.startIndex + 4] < UInt8(ascii: "5")
    }

    private static func isExponent(_ byte: UInt8) -> Bool { byte | 0x20 == UInt8(ascii: "e") }

    /// A number of the form `1.5E-05` (xs:double) written out; `nil` where it is none, or has more than 200 digits.
    private static func withoutExponent(_ text: Slice<Bytes>) -> [UInt8]? {
        let parts = text.split(maxSplits: 1, omittingEmptySubsequences: false, whereSeparator: isExponent)
        guard parts.count == 2, let power = integer(parts[1]), abs(power) <= 200 else { return nil }
        var digits = Array(parts[0])
        let sign = digits.first == UInt8(ascii: "-") || digits.first == UInt8(ascii: "+") ? [digits.removeFirst()] : []
        let dot = digits.firstIndex(of: UInt8(ascii: ".")) ?? digits.count
        digits.removeAll { $0 == UInt8(ascii: ".") }
        guard !digits.isEmpty, digits.count <= 200, digits.allSatisfy({ digit($0) != nil }) else { return nil }
        let place = dot + Int(power)
        let zeros = { (count: Int) in [UInt8](repeating: UInt8(ascii: "0"), count: max(0, count)) }
        let whole = place > 0 ? digits.prefix(place) + zeros(place - digits.count) : [UInt8(ascii: "0")]
        let fraction = zeros(min(-place, 400)) + digits.dropFirst(max(0, place))
        return sign + whole + (fraction.isEmpty ? [] : [UInt8(ascii: ".")] + fraction)
    }

    /// A whole number with or without a sign, and nothing else.
    private static func integer(_ text: Slice<Bytes>) -> Int64? {
        guard text.first.map({ digit($0) != nil || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }) == true,
            text.dropFirst().allSatisfy({ digit($0) != nil })
        else { return nil }
        return integer(Bytes(rebasing: text))
    }

    /// Yes or no in either spelling, any case, or as a digit.
    static func boolean(_ bytes: Bytes) -> Bool? {
        let text = trimmed(bytes)
        guard text.count <= 5 else { return nil }
        switch String(decoding: text, as: UTF8.self).lowercased() {
        case "true", "yes", "y", "1": return true
        case "false", "no", "n", "0": return false
        default: return nil
        }
    }

    /// A date, its time of day dropped: days since 1970-01-01, and the moment in UTC where the text is of one.
    ///
    /// Midnight is no such moment, whatever the offset: that is how programs without a notion of a date write the day
    /// itself (decision 0021).
    static func date(_ bytes: Bytes) -> (days: Int32, moment: Int64?)? {
        let text = trimmed(bytes)
        guard let (days, rest) = leadingDate(text) else { return nil }
        guard rest < text.endIndex else { return (days, nil) }
        guard let (microseconds, offset) = timeOfDay(text[rest...]) else { return nil }
        guard let offset, microseconds != 0 else { return (days, nil) }
        return (days, Int64(days) * 86_400_000_000 + microseconds - Int64(offset) * 1_000_000)
    }

    /// A date and time: microseconds since 1970-01-01T00:00:00, and the offset from UTC in seconds where one is given.
    static func moment(_ bytes: Bytes) -> (microseconds: Int64, offset: Int?)? {
        let text = trimmed(bytes)
        guard let (days, rest) = leadingDate(text) else { return nil }
        if rest == text.endIndex { return (Int64(days) * 86_400_000_000, nil) }
        guard let (microseconds, offset) = timeOfDay(text[rest...]) else { return nil }
        return (Int64(days) * 86_400_000_000 + microseconds, offset)
    }

    /// A time of day as seconds: `HH:mm`, `HH:mm:ss`, a date-time's time, or whole minutes of the day.
    ///
    /// The end of the day (`24:00`) is the time that a clock shows then, 0: drivers of reporting tools know no 24:00.
    static func clock(_ bytes: Bytes) -> Int32? {
        let text = trimmed(bytes)
        if let minutes = integer(bytes) {
            return (0...1440).contains(minutes) ? Int32(minutes) * 60 % 86_400 : nil
        }
        if let (_, rest) = leadingDate(text), rest < text.endIndex {
            return timeOfDay(text[rest...]).map { Int32($0.microseconds / 1_000_000) }
        }
        let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard (2...3).contains(parts.count), parts.allSatisfy({ (1...2).contains($0.count) }) else { return nil }
        var seconds: Int32 = 0
        for (index, part) in parts.enumerated() {
            var number: Int32 = 0
            for byte in part {
                guard let digit = digit(byte) else { return nil }
                number = number * 10 + Int32(digit)
            }
            guard number < (index == 0 ? 25 : 60) else { return nil }
            seconds += number * [3600, 60, 1][index]
        }
        return seconds <= 86_400 ? seconds % 86_400 : nil
    }

    // MARK: parts

    /// `yyyy-MM-dd` or `yyyyMMdd` at the start, and where it ends.
    private static func leadingDate(_ text: Slice<Bytes>) -> (days: Int32, rest: Int)? {
        let start = text.startIndex
        func number(_ offset: Int, _ count: Int) -> Int? {
            guard start + offset + count <= text.endIndex else { return nil }
            var number = 0
            for index in start + offset..<start + offset + count {
                guard let digit = digit(text[index]) else { return nil }
                number = number * 10 + digit
            }
            return number
        }
        guard let year = number(0, 4), year > 0 else { return nil }
        let isDashed = start + 4 < text.endIndex && text[start + 4] == UInt8(ascii: "-")
        guard let month = number(isDashed ? 5 : 4, 2), let day = number(isDashed ? 8 : 6, 2) else { return nil }
        if isDashed {
            guard text[start + 7] == UInt8(ascii: "-") else { return nil }
        }
        guard (1...12).contains(month), day >= 1, day <= LocalDate.days(inMonth: month, of: year) else { return nil }
        return (Int32(LocalDate.days(year: year, month: month, day: day)), start + (isDashed ? 10 : 8))
    }

    /// `THH:mm[:ss[.fff…]][Z|±hh[:]mm]`: microseconds of the day and the offset in seconds.
    private static func timeOfDay(_ text: Slice<Bytes>) -> (microseconds: Int64, offset: Int?)? {
        var cursor = Cursor(text: text, index: text.startIndex)
        guard cursor.take("T") || cursor.take("t") || cursor.take(" ") else { return nil }
        guard let hour = cursor.twoDigits(), hour < 24, cursor.take(":"), let minute = cursor.twoDigits(), minute < 60
        else { return nil }
        var microseconds = Int64(hour * 3600 + minute * 60) * 1_000_000
        if cursor.take(":") {
            guard let second = cursor.twoDigits(), second < 61 else { return nil }
            microseconds += Int64(min(second, 59)) * 1_000_000
            if cursor.take(".") || cursor.take(",") {
                guard let fraction = cursor.fraction() else { return nil }
                microseconds += fraction
            }
        }
        if cursor.isAtEnd { return (microseconds, nil) }
        if cursor.take("Z") || cursor.take("z") { return cursor.isAtEnd ? (microseconds, 0) : nil }
        let isWest = cursor.take("-")
        guard isWest || cursor.take("+"), let hours = cursor.twoDigits(), hours < 24 else { return nil }
        _ = cursor.take(":")
        guard let minutes = cursor.isAtEnd ? 0 : cursor.twoDigits(), minutes < 60, cursor.isAtEnd else { return nil }
        return (microseconds, (hours * 3600 + minutes * 60) * (isWest ? -1 : 1))
    }

    private struct Cursor {
        let text: Slice<Bytes>
        var index: Int

        var isAtEnd: Bool { index == text.endIndex }

        mutating func take(_ character: Unicode.Scalar) -> Bool {
            guard index < text.endIndex, text[index] == UInt8(ascii: character) else { return false }
            index += 1
            return true
        }

        mutating func twoDigits() -> Int? {
            guard index + 2 <= text.endIndex, let tens = digit(text[index]), let ones = digit(text[index + 1]) else {
                return nil
            }
            index += 2
            return tens * 10 + ones
        }

        /// Digits after the dot as microseconds; further digits are dropped.
        mutating func fraction() -> Int64? {
            var value: Int64 = 0
            var unit: Int64 = 100_000
            let start = index
            while index < text.endIndex, let digit = digit(text[index]) {
                value += Int64(digit) * unit
                unit /= 10
                index += 1
            }
            return index > start ? value : nil
        }
    }

    private static func digit(_ byte: UInt8) -> Int? {
        let value = byte &- UInt8(ascii: "0")
        return value < 10 ? Int(value) : nil
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || (byte >= 0x09 && byte <= 0x0D)
    }

    private static func trimmed(_ bytes: Bytes) -> Slice<Bytes> {
        var start = 0
        var end = bytes.count
        while start < end, isBlank(bytes[start]) { start += 1 }
        while end > start, isBlank(bytes[end - 1]) { end -= 1 }
        return bytes[start..<end]
    }
}
