import Foundation
import Inflow

/// Hours and money as people read them, to two decimals.
enum FigureText {
    /// `1,234.50`; a dash stands for what is not known.
    static func text(_ figure: Decimal?) -> String {
        guard var rest = figure else { return "–" }
        var rounded = Decimal()
        NSDecimalRound(&rounded, &rest, 2, .plain)
        let parts = "\(rounded.magnitude)".split(separator: ".")
        let whole = Int(parts[0]).map(Console.grouped) ?? String(parts[0])
        let cents = parts.count > 1 ? String(parts[1]) : ""
        return (rounded < 0 ? "-" : "") + whole + "." + cents.padding(toLength: 2, withPad: "0", startingAt: 0)
    }

    /// The same with a sign also where it is positive: what something differs by.
    static func difference(_ figure: Decimal?) -> String {
        let text = text(figure)
        // What rounds to nothing has no sign.
        return (figure ?? 0) > 0 && text != self.text(0) ? "+" + text : text
    }
}
