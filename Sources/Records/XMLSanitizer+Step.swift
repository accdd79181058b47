extension XMLSanitizer {
    /// What to do about the bytes at one place.
    enum Step {
        /// The next bytes are legal: go on after this many.
        case keep(Int)
        /// Replace this many bytes by others.
        case replace(Int, [UInt8], Loss)
        /// More bytes are needed to tell.
        case wait
    }

    /// What a replacement costs.
    enum Loss {
        /// Nothing: another spelling of the same.
        case none
        /// Nothing that could be read: a control character, or an ampersand that should have been spelled out.
        case control
        /// A character that cannot be told any more.
        case character
    }

    /// Longest reference looked at; one without `;` within this length is not a reference.
    private static let longestReference = 34

    /// The replacement character U+FFFD in UTF-8.
    static let replacement: [UInt8] = [0xEF, 0xBF, 0xBD]

    /// A character beyond ASCII: fine, forbidden in XML, malformed, or unfinished.
    ///
    /// A malformed sequence is as long as Unicode's "maximal subpart", which is how other decoders count as well.
    static func character(_ bytes: UnsafeBufferPointer<UInt8>, at place: Int, atEnd: Bool) -> Step {
        let first = bytes[place]
        let length: Int
        var lowest: UInt8 = 0x80
        var highest: UInt8 = 0xBF
        switch first {
        case 0xC2...0xDF: length = 2
        case 0xE0...0xEF:
            length = 3
            if first == 0xE0 { lowest = 0xA0 }
            if first == 0xED { highest = 0x9F }
        case 0xF0...0xF4:
            length = 4
            if first == 0xF0 { lowest = 0x90 }
            if first == 0xF4 { highest = 0x8F }
        default:
            return .replace(1, replacement, .character)
        }
        for index in 1..<length {
            guard place + index < bytes.count else {
                return atEnd ? .replace(index, replacement, .character) : .wait
            }
            let byte = bytes[place + index]
            guard byte >= lowest, byte <= highest else { return .replace(index, replacement, .character) }
            lowest = 0x80
            highest = 0xBF
        }
        if first == 0xEF, bytes[place + 1] == 0xBF, bytes[place + 2] >= 0xBE {
            return .replace(3, replacement, .character)
        }
        return .keep(length)
    }

    /// An ampersand in content or in an attribute's value.
    static func reference(_ bytes: UnsafeBufferPointer<UInt8>, at place: Int, atEnd: Bool) -> Step {
        var end = place + 1
        while end < bytes.count, end - place <= Self.longestReference, Self.isReferenceByte(bytes[end]) { end += 1 }
        if end == bytes.count, end - place <= Self.longestReference, !atEnd { return .wait }
        guard end < bytes.count, bytes[end] == 59, end > place + 1 else {
            return .replace(1, Array("&amp;".utf8), .control)
        }
        let name = UnsafeBufferPointer(rebasing: bytes[(place + 1)..<end])
        let length = end + 1 - place
        if name[0] != 35 {
            let name = String(decoding: name, as: UTF8.self)
            if NamedCharacter.ofXML.contains(name) { return .keep(length) }
            if let other = NamedCharacter.ofHTML[name] { return .replace(length, Array(other.utf8), .none) }
            return .replace(length, Self.replacement, .character)
        }
        switch Self.scalar(of: name) {
        case .allowed: return .keep(length)
        case .forbidden: return .replace(length, Self.replacement, .control)
        case .notANumber: return .replace(1, Array("&amp;".utf8), .control)
        }
    }

    private static func isReferenceByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 65...90, 97...122, 35: true
        default: false
        }
    }

    private enum Scalar { case allowed, forbidden, notANumber }

    /// Judges `#10` or `#xA`.
    private static func scalar(of name: UnsafeBufferPointer<UInt8>) -> Scalar {
        let isHexadecimal = name.count > 1 && name[1] == 120
        let digits = name.dropFirst(isHexadecimal ? 2 : 1)
        guard !digits.isEmpty else { return .notANumber }
        var value: UInt32 = 0
        for digit in digits {
            let worth: UInt32
            switch digit {
            case 48...57: worth = UInt32(digit) - 48
            case 65...70 where isHexadecimal: worth = UInt32(digit) - 55
            case 97...102 where isHexadecimal: worth = UInt32(digit) - 87
            default: return .notANumber
            }
            value = min(value * (isHexadecimal ? 16 : 10) + worth, 0x11_0000)
        }
        switch value {
        case 9, 10, 13, 0x20...0xD7FF, 0xE000...0xFFFD, 0x1_0000...0x10_FFFF: return .allowed
        default: return .forbidden
        }
    }
}
