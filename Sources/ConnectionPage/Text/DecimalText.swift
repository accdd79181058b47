internal import Foundation

/// Decimal numbers as PostgreSQL writes them, as a person reads them.
enum DecimalText {
    /// `-1234567.5000` becomes `−1,234,567.50`: grouped, with `digits` digits after the point, rounded half up.
    ///
    /// A text that is no number comes back as it is.
    static func grouped(_ text: String, digits: Int = 2) -> String {
        guard var value = Decimal(string: text, locale: Locale(identifier: "en_US_POSIX")) else { return text }
        return grouped(&value, digits)
    }

    /// A decimal number, grouped.
    static func grouped(_ number: Decimal, digits: Int = 2) -> String {
        var number = number
        return grouped(&number, digits)
    }

    private static func grouped(_ value: inout Decimal, _ digits: Int) -> String {
        var rounded = Decimal()
        NSDecimalRound(&rounded, &value, digits, .plain)
        let isNegative = rounded < 0
        let plain = NSDecimalNumber(decimal: isNegative ? -rounded : rounded).description(withLocale: nil)
        let parts = plain.split(separator: ".", omittingEmptySubsequences: false)
        let whole = String(parts[0])
        let rest = parts.count > 1 ? String(parts[1]) : ""
        var text = ""
        for (place, digit) in whole.enumerated() {
            if place > 0, (whole.count - place).isMultiple(of: 3) { text += "," }
            text.append(digit)
        }
        let fraction = digits == 0 ? "" : "." + rest + String(repeating: "0", count: max(0, digits - rest.count))
        return (isNegative ? "−" : "") + text + fraction
    }

    /// Minutes as hours: 750 becomes `12.50`.
    static func hours(_ minutes: Int) -> String { grouped(Decimal(minutes) / 60) }
}
