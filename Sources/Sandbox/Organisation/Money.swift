/// An exact amount, rate or quantity: a whole number of ten-thousandths.
struct Money: Sendable, Hashable, Comparable {
    /// The value in ten-thousandths: 12,500 is 1.25.
    var units: Int64

    /// Makes an amount from ten-thousandths.
    init(units: Int64) {
        self.units = units
    }

    /// Makes an amount from hundredths.
    init(cents: Int) {
        units = Int64(cents) * 100
    }

    /// Reads a dot decimal with at most four places, or any `xs:double` such as `1E-05`, rounded to four places; nil
    /// for anything else.
    init?(_ text: String) {
        if text.contains(where: { $0 == "e" || $0 == "E" }) {
            guard let value = Double(text), value.magnitude < 1e13 else { return nil }
            units = Int64((value * 10_000).rounded())
            return
        }
        var rest = Substring(text)
        let negative = rest.first == "-"
        if negative { rest = rest.dropFirst() }
        let parts = rest.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, let first = parts.first, let whole = Int64(first) else { return nil }
        var fraction: Int64 = 0
        if parts.count == 2 {
            guard parts[1].count <= 4, let value = Int64(parts[1]) else { return nil }
            fraction = (0..<(4 - parts[1].count)).reduce(value) { value, _ in value * 10 }
        }
        units = (whole * 10_000 + fraction) * (negative ? -1 : 1)
    }

    static let zero = Money(units: 0)

    /// The product with a quantity that is itself in ten-thousandths, rounded half away from zero to cents.
    func times(_ quantity: Money) -> Money {
        let product = units.multipliedFullWidth(by: quantity.units)
        let exact = Int64(truncatingIfNeeded: product.low)
        return Money.cents(exact, per: 1_000_000)
    }

    /// The given number of minutes at this hourly rate, rounded to cents.
    func forMinutes(_ minutes: Int) -> Money {
        Money.cents(units * Int64(minutes), per: 6000)
    }

    /// A part in hundredths, exact to four places, or rounded to cents.
    func percent(_ rate: Int, cents: Bool) -> Money {
        let exact = units * Int64(rate)
        return cents ? Money.cents(exact, per: 10_000) : Money(units: exact / 100)
    }

    private static func cents(_ value: Int64, per divisor: Int64) -> Money {
        let half = value >= 0 ? divisor / 2 : -(divisor / 2)
        return Money(units: (value + half) / divisor * 100)
    }

    static func + (lhs: Money, rhs: Money) -> Money { Money(units: lhs.units + rhs.units) }
    static func - (lhs: Money, rhs: Money) -> Money { Money(units: lhs.units - rhs.units) }
    static prefix func - (value: Money) -> Money { Money(units: -value.units) }
    static func += (lhs: inout Money, rhs: Money) { lhs.units += rhs.units }
    static func < (lhs: Money, rhs: Money) -> Bool { lhs.units < rhs.units }

    /// The decimal text with four places.
    var text: String {
        let magnitude = units.magnitude
        let fraction = String(magnitude % 10_000)
        let padding = String(repeating: "0", count: 4 - fraction.count)
        return (units < 0 ? "-" : "") + "\(magnitude / 10_000)." + padding + fraction
    }
}
