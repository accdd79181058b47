/// Makes any bytes fit for a strict XML parser, without copying the ones that already are.
///
/// - Malformed UTF-8 and characters that XML 1.0 forbids, raw or as references, become U+FFFD, and so do entities
///   without a definition; each is counted. The common HTML entities become the character they name, which loses
///   nothing and is not counted. An ampersand that begins no reference stands for itself, and is counted.
/// - In CDATA sections, comments and instructions only raw characters are replaced: what looks like a reference
///   there is text.
/// - A document type definition is refused before the parser sees it.
///
/// Sequences may be split over slices at any byte.
struct XMLSanitizer: ~Copyable {
    /// How many characters were replaced so far.
    private(set) var replaced = 0
    /// How many of them cannot be told any more.
    private(set) var lost = 0

    private enum Mode { case content, declaration, comment, cdata, instruction, documentType }

    private var mode = Mode.content
    /// What followed `<!`, up to the point where it is known what it is.
    private var opened: [UInt8] = []
    /// How much of `-->`, `]]>` or `?>` was just seen.
    private var closing = 0
    private var previous: UInt8 = 0
    /// An unfinished character or reference from the end of the last slice.
    private var carry: [UInt8] = []

    private static let stops: [Bool] = (0..<256).map { byte in
        switch byte {
        case 9, 10, 13: false
        case 0..<32, 128...: true
        default: byte == 38 || byte == 33 || byte == 63  // & ! ?
        }
    }

    /// Sifts one slice; `true` when nothing had to change and nothing was written to `output`.
    ///
    /// Otherwise all that is fit for the parser so far is appended to `output`.
    mutating func sift(_ slice: UnsafeBufferPointer<UInt8>, into output: inout [UInt8]) throws(ParseError) -> Bool {
        guard carry.isEmpty else {
            let joined = carry + slice
            carry.removeAll(keepingCapacity: true)
            let clean = try joined.withUnsafeBufferPointer { bytes throws(ParseError) in
                try run(bytes, into: &output, atEnd: false)
            }
            if clean { output.append(contentsOf: joined) }
            return false
        }
        return try run(slice, into: &output, atEnd: false)
    }

    /// Writes what was held back, when the body has ended.
    mutating func finish(into output: inout [UInt8]) throws(ParseError) {
        let last = carry
        carry.removeAll()
        let clean = try last.withUnsafeBufferPointer { bytes throws(ParseError) in
            try run(bytes, into: &output, atEnd: true)
        }
        if clean { output.append(contentsOf: last) }
        if mode == .documentType { try refuseDocumentType() }
    }

    private mutating func run(
        _ bytes: UnsafeBufferPointer<UInt8>, into output: inout [UInt8], atEnd: Bool
    ) throws(ParseError) -> Bool {
        var clean = true
        var start = 0  // of what is fine and not yet written
        var next = 0
        while true {
            next = mode == .content ? Self.skipPlain(bytes, from: next) : next
            guard next < bytes.count else { break }
            let before = next > 0 ? bytes[next - 1] : previous
            switch try step(bytes, at: next, before: before, atEnd: atEnd) {
            case .keep(let length):
                next += length
            case .replace(let length, let other, let loss):
                clean = false
                output.append(contentsOf: bytes[start..<next])
                output.append(contentsOf: other)
                next += length
                start = next
                if loss != .none { replaced += 1 }
                if loss == .character { lost += 1 }
            case .wait:
                carry = Array(bytes[next...])
                previous = before
                output.append(contentsOf: bytes[start..<next])
                return false
            }
        }
        if let last = bytes.last { previous = last }
        if !clean { output.append(contentsOf: bytes[start...]) }
        return clean
    }

    /// The first place from `first` on that is not plain, or the end.
    @inline(__always)
    private static func skipPlain(_ bytes: UnsafeBufferPointer<UInt8>, from first: Int) -> Int {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let tops = ones &* 0x80
        let raw = UnsafeRawBufferPointer(bytes)
        var next = first
        while true {
            // Eight bytes at a time: the top bit of each is set where the byte may be other than plain.
            while next &+ 8 <= raw.count {
                let eight = raw.loadUnaligned(fromByteOffset: next, as: UInt64.self)
                let low = (eight &- ones &* 0x20) & ~eight
                let and = eight ^ (ones &* 38)
                let exclamation = eight ^ (ones &* 33)
                let question = eight ^ (ones &* 63)
                let marks =
                    ((and &- ones) & ~and) | ((exclamation &- ones) & ~exclamation)
                    | ((question &- ones) & ~question)
                if (eight | low | marks) & tops != 0 { break }
                next &+= 8
            }
            let end = min(next &+ 8, raw.count)
            while next < end {
                if stops[Int(raw[next])] { return next }
                next &+= 1
            }
            if next >= raw.count { return next }
        }
    }

    private mutating func step(
        _ bytes: UnsafeBufferPointer<UInt8>, at place: Int, before: UInt8, atEnd: Bool
    ) throws(ParseError) -> Step {
        let byte = bytes[place]
        if byte >= 128 {
            closing = 0
            return Self.character(bytes, at: place, atEnd: atEnd)
        }
        if byte < 32, !byte.isBlank {
            closing = 0
            return .replace(1, Self.replacement, .control)
        }
        switch mode {
        case .content:
            return contentStep(bytes, at: place, before: before, atEnd: atEnd)
        case .declaration, .documentType:
            try declarationStep(byte)
        case .comment:
            sectionStep(byte, close: 45)
        case .cdata:
            sectionStep(byte, close: 93)
        case .instruction:
            if byte == 62, before == 63 { mode = .content }
        }
        return .keep(1)
    }

    private mutating func contentStep(
        _ bytes: UnsafeBufferPointer<UInt8>, at place: Int, before: UInt8, atEnd: Bool
    ) -> Step {
        switch bytes[place] {
        case 33 where before == 60:  // <!
            mode = .declaration
            opened.removeAll(keepingCapacity: true)
        case 63 where before == 60:  // <?
            mode = .instruction
        case 38:  // &
            return Self.reference(bytes, at: place, atEnd: atEnd)
        default:
            break
        }
        return .keep(1)
    }

    /// Inside a comment or a CDATA section: two of `close` and a `>` end it.
    private mutating func sectionStep(_ byte: UInt8, close: UInt8) {
        if byte == close {
            closing = min(closing + 1, 2)
        } else {
            if byte == 62, closing == 2 { mode = .content }
            closing = 0
        }
    }

    /// After `<!`: a comment, a CDATA section, a document type, or something the parser will refuse.
    private mutating func declarationStep(_ byte: UInt8) throws(ParseError) {
        opened.append(byte)
        if mode == .documentType {
            if opened.count >= 64 || byte == 62 || byte == 91 { try refuseDocumentType() }
            return
        }
        closing = 0
        if opened == Array("--".utf8) {
            mode = .comment
        } else if opened == Array("[CDATA[".utf8) {
            mode = .cdata
        } else if opened.count == 1, byte.lowerCased == 100 {  // d
            mode = .documentType
        } else if !"--".utf8.starts(with: opened), !"[CDATA[".utf8.starts(with: opened) {
            mode = .content
        }
    }

    private func refuseDocumentType() throws(ParseError) {
        let text = String(decoding: opened, as: UTF8.self)
        let words = text.lowercased().split { " \t\r\n>[".contains($0) }
        if words.first == "doctype", words.dropFirst().first == "html" { throw ParseError(.html) }
        throw ParseError(.documentType, detail: "<!" + text)
    }
}
