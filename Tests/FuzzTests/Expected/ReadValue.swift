import Foundation
import Inflow

/// How a text is to be read as a column's kind, written once more from the definition's words: the fuzzer does not ask
/// the reading that it tests.
enum ReadValue: Hashable {
    /// This value, as PostgreSQL writes it.
    case value(String)
    /// No value.
    case null
    /// None of the kind's forms.
    case unfit
    /// A form of which the definition says nothing: a value, no value and a rejection are all right.
    case open

    init(_ text: String, as kind: Column.Kind) {
        let trimmed = text.trimmingCharacters(in: CharacterSet(charactersIn: " \t\n\u{0B}\u{0C}\r"))
        switch kind {
        case .text: self = text.isEmpty ? .null : trimmed.isEmpty ? .open : .value(text)
        case .code, .identifier: self = ReadValue.name(text, isCode: kind == .code)
        case .decimal, .money, .integer, .minutes, .boolean, .date, .moment, .instant, .clock:
            self = trimmed.isEmpty ? .null : ReadValue.typed(trimmed, kind)
        case .identifierOrPosition, .parent, .outer, .position: self = .open
        }
    }

    private static func typed(_ text: String, _ kind: Column.Kind) -> ReadValue {
        switch kind {
        case .decimal: decimal(text)
        case .money: money(text)
        case .integer, .minutes: integer(text)
        case .boolean: boolean(text)
        case .date: date(text)
        case .moment, .instant: moment(text, isInstant: kind == .instant)
        default: clock(text)
        }
    }

    /// A code or an identifier: without white space around it; a GUID without braces and in small letters.
    private static func name(_ text: String, isCode: Bool) -> ReadValue {
        let name = text.trimmingCharacters(in: CharacterSet(charactersIn: " \t\n\u{0B}\u{0C}\r\u{A0}"))
        guard !name.isEmpty else { return .null }
        if isCode { return .value(name) }
        guard name.unicodeScalars.contains(where: { !"0-{}".unicodeScalars.contains($0) }) else { return .null }
        let guid = /[{]?([0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})[}]?/
        guard let match = name.wholeMatch(of: guid), name.hasPrefix("{") == name.hasSuffix("}") else {
            return .value(name)
        }
        return .value(match.1.lowercased())
    }

    // MARK: numbers

    /// A decimal that `numeric(19,4)` holds.
    private static func money(_ text: String) -> ReadValue {
        let read = decimal(text)
        guard case .value(let number) = read, let amount = Decimal(string: number) else { return read }
        guard number.prefix(while: { $0 != "." }).count(where: \.isNumber) <= 16 else { return .unfit }
        var (exact, rounded) = (abs(amount), Decimal())
        NSDecimalRound(&rounded, &exact, 4, .plain)
        return rounded < Decimal(sign: .plus, exponent: 15, significand: 1) ? read : .unfit
    }

    private static func decimal(_ text: String) -> ReadValue {
        guard let match = text.wholeMatch(of: /([+-]?)([0-9]*)(\.([0-9]*))?/),
            !(match.2.isEmpty && (match.4 ?? "").isEmpty)
        else { return text.wholeMatch(of: /[+-]?[0-9.]+[eE][+-]?[0-9]+/) == nil ? .unfit : .open }
        guard text.utf8.count <= 150 else { return .open }
        let whole = String(match.2.drop { $0 == "0" })
        var fraction = String(match.4 ?? "")
        while fraction.hasSuffix("0") { fraction.removeLast() }
        let digits = (whole.isEmpty ? "0" : whole) + (fraction.isEmpty ? "" : "." + fraction)
        return .value(match.1 == "-" && digits != "0" ? "-" + digits : digits)
    }

    private static func integer(_ text: String) -> ReadValue {
        guard let match = text.wholeMatch(of: /([+-]?)([0-9]+)(\.0*)?/) else {
            return text.wholeMatch(of: /[+-]?[0-9.]+[eE][+-]?[0-9]+/) == nil ? .unfit : .open
        }
        guard let number = Int64(match.1 == "-" ? "-" + match.2 : match.2), let small = Int32(exactly: number) else {
            return .unfit
        }
        return .value(String(small))
    }

    private static func boolean(_ text: String) -> ReadValue {
        switch text.lowercased() {
        case "true", "yes", "y", "1": .value("true")
        case "false", "no", "n", "0": .value("false")
        default: .unfit
        }
    }

    // MARK: times

    /// A day that the calendar has, and what follows it in the text.
    private static func day(_ text: String) -> (text: String, rest: Substring)? {
        guard
            let match = text.prefixMatch(of: /([0-9]{4})-([0-9]{2})-([0-9]{2})/)?.output
                ?? text.prefixMatch(of: /([0-9]{4})([0-9]{2})([0-9]{2})/)?.output,
            let year = Int(match.1), let month = Int(match.2), let day = Int(match.3), year > 0,
            (1...12).contains(month)
        else { return nil }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard (1...days[month - 1]).contains(day) else { return nil }
        return ("\(match.1)-\(match.2)-\(match.3)", text[match.0.endIndex...])
    }

    private static func isNoDate(_ day: String) -> Bool { ["0001-01-01", "1900-01-01"].contains(day) }

    private static func date(_ text: String) -> ReadValue {
        guard let (day, rest) = day(text) else { return .unfit }
        // A time of day is dropped; with a zone, or in an odd form, the day is a matter of decision.
        guard rest.isEmpty || rest.wholeMatch(of: /T00:00:00/) != nil else { return .open }
        return isNoDate(day) ? .null : .value(day)
    }

    private static func moment(_ text: String, isInstant: Bool) -> ReadValue {
        guard let (day, rest) = day(text) else { return .unfit }
        if isNoDate(day) { return .open }
        if rest.isEmpty { return .value(day + "T00:00:00") }
        guard
            let match = rest.wholeMatch(
                of: /T([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9])(\.([0-9]+))?(Z|([+-])([01][0-9]):([0-5][0-9]))?/),
            isInstant || match.6 == nil
        else { return .open }
        var fraction = String((match.5 ?? "").prefix(6))
        while fraction.hasSuffix("0") { fraction.removeLast() }
        let tail = fraction.isEmpty ? "" : "." + fraction
        let local = "\(day)T\(match.1):\(match.2):\(match.3)"
        guard let sign = match.7, let hours = Int(match.8 ?? ""), let minutes = Int(match.9 ?? "") else {
            return .value(local + tail)
        }
        let offset = Double(hours * 3_600 + minutes * 60) * (sign == "-" ? -1 : 1)
        let style = Date.ISO8601FormatStyle(timeZone: .gmt)
        guard day > "1600", let moment = try? style.parse(local + "Z") else { return .open }
        return .value(String(moment.addingTimeInterval(-offset).formatted(style).dropLast()) + tail)
    }

    private static func clock(_ text: String) -> ReadValue {
        if let match = text.wholeMatch(of: /([01][0-9]|2[0-3]):([0-5][0-9])(:([0-5][0-9]))?/) {
            return .value("\(match.1):\(match.2):\(match.4 ?? "00")")
        }
        if let minutes = Int(text), !text.hasPrefix("+") {
            guard (0...1_440).contains(minutes) else { return .unfit }
            let parts = [minutes % 1_440 / 60, minutes % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }
            return .value("\(parts[0]):\(parts[1]):00")
        }
        return .open
    }
}
