/// Decides from the answers of one run whether a record that was asked for by key is gone.
///
/// A refusal alone proves nothing: a database that is away, a gateway without a route and a person who lost a privilege
/// refuse too. So the run also asks the same endpoint for two other keys: the *control*, a record that exists, and a key
/// *made up* for the purpose. A record is gone where
///
/// - the control was given, so the endpoint gives what exists, and
/// - the record was refused as the made-up key was, or by "not found" and its name.
///
/// Everything else is not known: the row stays as it is, and a later run asks again.
public struct KeyProof: Sendable, Hashable {
    /// What the answers say of a record.
    public enum Verdict: Sendable, Hashable {
        /// The platform has no such record.
        case gone
        /// The platform gave the record.
        case found
        /// Neither is proved, for this reason.
        case notKnown(String)
    }

    private let control: KeyAnswer.Outcome?
    private let madeUp: KeyAnswer.Outcome?

    /// A proof from the answers to a record that exists and to a made-up key; `nil` where there is none.
    public init(control: KeyAnswer.Outcome?, madeUp: KeyAnswer.Outcome?) {
        self.control = control
        self.madeUp = madeUp
    }

    /// What the answer to a record proves; `nil` where it was not answered.
    public func verdict(on answer: KeyAnswer.Outcome?) -> Verdict {
        switch answer {
        case .found?: return .found
        case .unclear(let words)?: return .notKnown(words)
        case nil: return .notKnown("it was not answered")
        case .denied(let denial)?:
            guard case .found? = control else {
                return .notKnown("no record that exists was given, so the answer says nothing")
            }
            if denial.saysNotFound { return .gone }
            guard case .denied(let other)? = madeUp else {
                return .notKnown("the platform did not refuse a made-up identifier, so nothing can be compared")
            }
            guard denial.form == other.form else {
                return .notKnown("the answer is not the one that a made-up identifier gets: \(denial.form.prefix(200))")
            }
            return .gone
        }
    }

    /// A key of the shape of another one that no record has.
    ///
    /// A random UUID for a UUID. Else other digits in place of the last ones, a 9 first; a key without digits gets some.
    public static func madeUpKey(like key: String, using random: inout some RandomNumberGenerator) -> String {
        let shape = key.split(separator: "-", omittingEmptySubsequences: false).map(\.count)
        if shape == [8, 4, 4, 4, 12], key.allSatisfy({ $0 == "-" || $0.isHexDigit }) {
            let digits = shape.map { count in
                String((0..<count).map { _ in hexDigits[Int.random(in: 0..<16, using: &random)] })
            }
            return digits.joined(separator: "-")
        }
        let rest = key.reversed().drop { $0.isASCII && $0.isNumber }
        let count = max(5, key.count - rest.count)
        let digits = (1..<count).map { _ in String(Int.random(in: 0...9, using: &random)) }
        return String(rest.reversed()) + "9" + digits.joined()
    }

    private static let hexDigits = Array("0123456789abcdef")
}
