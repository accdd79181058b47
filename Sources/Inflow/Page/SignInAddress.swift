import Foundation

/// The address that tries at signing in are counted by.
public enum SignInAddress {
    /// What an address is counted as: of IPv6 its first 64 bits, since one household or server has all of them; an
    /// IPv4 address that is written as IPv6 is that IPv4 address.
    ///
    /// What is neither is counted as it is, cut to 64 characters.
    public static func counted(_ address: String) -> String {
        // A zone ("%eth0") says on which wire, not who.
        let text =
            address.lowercased().split(separator: "%", omittingEmptySubsequences: false).first.map(String.init) ?? ""
        guard text.contains(":") else { return String(text.prefix(64)) }
        if let last = text.split(separator: ":").last, last.contains("."), text.hasPrefix("::ffff:") {
            return String(last)
        }
        guard let groups = groups(text) else { return String(text.prefix(64)) }
        return groups.prefix(4).map { String($0, radix: 16) }.joined(separator: ":") + "::/64"
    }

    /// The eight groups of an IPv6 address; `nil` where it is none.
    private static func groups(_ text: String) -> [UInt16]? {
        let halves = text.components(separatedBy: "::")
        guard halves.count <= 2 else { return nil }
        var parts: [[UInt16]] = []
        for half in halves {
            var numbers: [UInt16] = []
            for word in half.split(separator: ":", omittingEmptySubsequences: half.isEmpty) {
                if word.contains(".") {
                    // The last four bytes, written as IPv4: they are not among the first 64 bits.
                    numbers += [0, 0]
                    continue
                }
                guard word.count <= 4, let number = UInt16(word, radix: 16) else { return nil }
                numbers.append(number)
            }
            parts.append(numbers)
        }
        guard let first = parts.first else { return nil }
        guard parts.count == 2 else { return first.count == 8 ? first : nil }
        let zeros = 8 - first.count - parts[1].count
        guard zeros >= 1 else { return nil }
        return first + Array(repeating: 0, count: zeros) + parts[1]
    }
}
