/// Identifiers and codes: all spellings of one become one value, so that keys and joins find it.
extension Shaping {
    /// The value of an element's text, which is not empty, in a column of text.
    mutating func readText(_ one: Batch.Element, as kind: Column.Kind) -> Value {
        guard kind != .text else { return .text(start: one.textStart, length: one.textLength) }
        var range = Shaping.trimmed(Int(one.textStart)..<Int(one.textStart + one.textLength), of: arena)
        guard !range.isEmpty else { return .null }
        if kind != .code {
            guard isIdentifier(range) else { return .null }
            range = Shaping.withoutBraces(range, of: arena)
            if Shaping.mayHoldCapitals(range, of: arena), Shaping.isGUID(range, of: arena) {
                return append(arena[range].map { (0x41...0x46).contains($0) ? $0 | 0x20 : $0 })
            }
        }
        return .text(start: Int32(range.lowerBound), length: Int32(range.count))
    }

    /// Whether a text names anything: one of zeros, dashes and braces only does not.
    private func isIdentifier(_ range: Range<Int>) -> Bool {
        arena[range].contains { $0 != 0x30 && $0 != 0x2D && $0 != 0x7B && $0 != 0x7D }
    }

    /// The range without white space and no-break spaces at its ends.
    private static func trimmed(_ range: Range<Int>, of arena: [UInt8]) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end {
            if isBlank(arena[start]) {
                start += 1
            } else if start + 1 < end, arena[start] == 0xC2, arena[start + 1] == 0xA0 {
                start += 2
            } else {
                break
            }
        }
        while start < end {
            if isBlank(arena[end - 1]) {
                end -= 1
            } else if start + 1 < end, arena[end - 2] == 0xC2, arena[end - 1] == 0xA0 {
                end -= 2
            } else {
                break
            }
        }
        return start..<end
    }

    /// Whether a text as long as a GUID has a byte from 0x40 to 0x5F, as capitals are; nearly none has.
    private static func mayHoldCapitals(_ range: Range<Int>, of arena: [UInt8]) -> Bool {
        guard range.count == 36 else { return false }
        return arena.withUnsafeBytes { bytes in
            for place in [0, 8, 16, 24, 28] {
                let eight = bytes.loadUnaligned(fromByteOffset: range.lowerBound + place, as: UInt64.self)
                if eight & ~(eight << 1) & 0x4040_4040_4040_4040 != 0 { return true }
            }
            return false
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    /// A GUID in braces without them.
    private static func withoutBraces(_ range: Range<Int>, of arena: [UInt8]) -> Range<Int> {
        guard range.count == 38, arena[range.lowerBound] == 0x7B, arena[range.upperBound - 1] == 0x7D else {
            return range
        }
        let inner = range.lowerBound + 1..<range.upperBound - 1
        return isGUID(inner, of: arena) ? inner : range
    }

    /// Whether a text is 32 hexadecimal digits with dashes as in a GUID: 8-4-4-4-12.
    private static func isGUID(_ range: Range<Int>, of arena: [UInt8]) -> Bool {
        guard range.count == 36 else { return false }
        for (place, index) in range.enumerated() {
            let byte = arena[index]
            if place == 8 || place == 13 || place == 18 || place == 23 {
                guard byte == 0x2D else { return false }
            } else {
                guard (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte | 0x20) else { return false }
            }
        }
        return true
    }
}
