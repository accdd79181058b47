/// SHA-256 of a short text, for the proof key of the consent (RFC 7636); by hand to stand on nothing else.
enum Digest {
    private static let constants: [UInt32] = {
        var found: [UInt32] = []
        var candidate = 2
        while found.count < 64 {
            if !(2..<candidate).contains(where: { candidate % $0 == 0 }) {
                let root = Double(candidate).cubeRoot
                found.append(UInt32(truncatingIfNeeded: Int64((root - root.rounded(.down)) * 4_294_967_296)))
            }
            candidate += 1
        }
        return found
    }()

    /// The digest of the bytes.
    static func sha256(_ message: [UInt8]) -> [UInt8] {
        var state: [UInt32] = [
            0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
        ]
        var padded = message + [0x80]
        while padded.count % 64 != 56 { padded.append(0) }
        for shift in stride(from: 56, through: 0, by: -8) {
            padded.append(UInt8(truncatingIfNeeded: (message.count * 8) >> shift))
        }
        for start in stride(from: 0, to: padded.count, by: 64) {
            compress(&state, padded[start..<start + 64])
        }
        return state.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> UInt32(24 - $0 * 8)) } }
    }

    private static func compress(_ state: inout [UInt32], _ block: ArraySlice<UInt8>) {
        func turned(_ value: UInt32, _ by: UInt32) -> UInt32 { (value >> by) | (value << (32 - by)) }
        var words: [UInt32] = []
        words.reserveCapacity(64)
        for start in stride(from: block.startIndex, to: block.endIndex, by: 4) {
            words.append((0..<4).reduce(0) { $0 << 8 | UInt32(block[start + $1]) })
        }
        for position in 16..<64 {
            let (early, late) = (words[position - 15], words[position - 2])
            let first = turned(early, 7) ^ turned(early, 18) ^ (early >> 3)
            let second = turned(late, 17) ^ turned(late, 19) ^ (late >> 10)
            words.append(words[position - 16] &+ first &+ words[position - 7] &+ second)
        }
        var (a, b, c, d) = (state[0], state[1], state[2], state[3])
        var (e, f, g, h) = (state[4], state[5], state[6], state[7])
        for position in 0..<64 {
            let sum = turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)
            let first = h &+ sum &+ ((e & f) ^ (~e & g)) &+ constants[position] &+ words[position]
            let other = turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)
            let second = other &+ ((a & b) ^ (a & c) ^ (b & c))
            (h, g, f, e, d, c, b, a) = (g, f, e, d &+ first, c, b, a, first &+ second)
        }
        let v = [a, b, c, d, e, f, g, h]
        for position in 0..<8 { state[position] = state[position] &+ v[position] }
    }

    /// The bytes in hexadecimal.
    static func hex(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// Base64 with the letters fit for addresses and without padding (RFC 4648 §5).
    static func base64(_ bytes: some Sequence<UInt8>) -> String {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        var text = ""
        var (bits, count) = (0, 0)
        for byte in bytes {
            bits = bits << 8 | Int(byte)
            count += 8
            while count >= 6 {
                count -= 6
                text.append(letters[bits >> count & 63])
            }
            bits &= (1 << count) - 1
        }
        if count > 0 { text.append(letters[bits << (6 - count) & 63]) }
        return text
    }
}

extension Double {
    /// The cube root, by Newton's steps from below; exact enough for the constants of the digest.
    fileprivate var cubeRoot: Double {
        var guess = self
        for _ in 0..<60 { guess = (2 * guess + self / (guess * guess)) / 3 }
        return guess
    }
}
