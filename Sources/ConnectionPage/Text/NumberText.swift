internal import Foundation

/// Numbers as a person reads them.
enum NumberText {
    /// `1,234,567`.
    static func grouped(_ number: Int) -> String {
        let digits = String(number.magnitude)
        var text = ""
        for (place, digit) in digits.enumerated() {
            if place > 0, (digits.count - place).isMultiple(of: 3) { text += "," }
            text.append(digit)
        }
        return (number < 0 ? "−" : "") + text
    }

    /// `+12` or `−3`; empty for none.
    static func change(_ number: Int) -> String {
        number == 0 ? "" : (number > 0 ? "+" : "") + grouped(number)
    }

    /// `40 s`, `12 min`, `3 h 5 min`.
    static func duration(_ seconds: Double) -> String {
        let whole = Int(seconds.rounded())
        if whole < 100 { return whole < 1 ? "under 1 s" : "\(whole) s" }
        let minutes = (whole + 30) / 60
        return minutes < 100 ? "\(minutes) min" : "\(minutes / 60) h \(minutes % 60) min"
    }

    /// How far away a moment is: `40 min`, `5 h`, `12 d`.
    static func span(_ seconds: Double) -> String {
        let minutes = Int(abs(seconds) / 60)
        if minutes < 60 { return "\(minutes) min" }
        return minutes < 48 * 60 ? "\(minutes / 60) h" : "\(minutes / 1_440) d"
    }
}
