internal import CIconv

/// Decodes a body to UTF-8 as it arrives.
///
/// A body that is in UTF-8 passes as it is.
///
/// What decides, in this order (decision 0021):
///
/// 1. A byte order mark, or the zero bytes that UTF-16 and UTF-32 have around the first letter.
/// 2. The `charset` of the header `Content-Type` (RFC 7303, section 3.2).
/// 3. The encoding that the XML declaration names.
/// 4. UTF-8.
///
/// - A header or declaration that says UTF-16 over bytes without zero bytes is ignored: .NET declares so what it then
///   sends in UTF-8.
/// - Where header and declaration contradict each other and one of them says UTF-8, sequences that are UTF-8 are read so,
///   and other bytes in the other set; ``doubt`` says it.
/// - A name that this machine does not know counts only where nothing else is named.
/// - ISO-8859-1 is read as Windows-1252, as browsers do: the bytes between are control characters nobody sends.
/// - What a set does not define becomes U+FFFD, and is counted.
///
/// The XML declaration of a decoded body is blanked out, since it is true no more.
public struct TextDecoder: ~Copyable {
    /// Characters that could not be decoded.
    public private(set) var replaced = 0
    /// Header and declaration where they contradict each other and it mattered, in words.
    public private(set) var doubt: String?

    private let header: String?
    private var start: [UInt8] = []
    private var form = Form.undecided
    private var contradiction: String?
    /// The beginning of a sequence from the end of the last piece.
    private var carry: [UInt8] = []

    private enum Form {
        case undecided
        case utf8
        /// What each byte stands for, in UTF-8.
        case singleByte([[UInt8]])
        /// The same, unless the bytes are a sequence of UTF-8.
        case utf8Or([[UInt8]])
        case converter(iconv_t, unit: Int)
    }

    /// A decoder of one body; `charset` is what the header says, if it says anything.
    public init(charset: String?) {
        header = charset.flatMap(TextDecoder.canonical)
    }

    deinit {
        if case .converter(let converter, _) = form { iconv_close(converter) }
    }

    /// The next bytes of the body in UTF-8; may be none while the decoder waits for more.
    ///
    /// Throws `ParseError` (unsupported_encoding) where the body is in a character set that this machine does not know.
    public mutating func decode(_ piece: [UInt8]) throws(ParseError) -> [UInt8] {
        if case .undecided = form {
            if start.isEmpty, piece.count >= BodySniffer.length { return try decide(on: piece) }
            start += piece
            guard start.count >= BodySniffer.length else { return [] }
            return try decide(on: start)
        }
        return converted(piece, isEnd: false)
    }

    /// What was held back, when the body has ended.
    public mutating func finish() throws(ParseError) -> [UInt8] {
        if case .undecided = form { return try decide(on: start) + converted([], isEnd: true) }
        return converted([], isEnd: true)
    }

    /// A whole body in UTF-8; one that cannot be decoded stays as it is.
    public static func decoded(_ body: [UInt8], charset: String?) -> [UInt8] {
        var decoder = TextDecoder(charset: charset)
        guard let first = try? decoder.decode(body), let rest = try? decoder.finish() else { return body }
        return first + rest
    }

    // MARK: deciding

    private mutating func decide(on bytes: [UInt8]) throws(ParseError) -> [UInt8] {
        start = []
        if let (name, unit, mark) = TextDecoder.wideForm(of: bytes) {
            form = .converter(try TextDecoder.open(name), unit: unit)
            return TextDecoder.withoutDeclaration(converted(Array(bytes.dropFirst(mark)), isEnd: false))
        }
        let declared = BodySniffer.declaredEncoding(in: bytes).flatMap(TextDecoder.canonical)
        let isMarked = bytes.starts(with: [0xEF, 0xBB, 0xBF])
        let said = [isMarked ? "utf-8" : nil, header, declared].compactMap(\.self).filter { !TextDecoder.isWide($0) }
        let names = said.filter(TextDecoder.isKnown)
        if names.isEmpty, let unknown = said.first { throw ParseError(.unsupportedEncoding, detail: unknown) }
        let name = names.first ?? "utf-8"
        if let other = names.first(where: { $0 != name }), !isMarked {
            contradiction = "the header says that the answer is in \(name), and the answer says \(other)"
        }
        let single = names.first { $0 != "utf-8" }
        if name == "utf-8", isMarked || single == nil {
            form = .utf8
            return declared == nil || declared == "utf-8" ? bytes : TextDecoder.withoutDeclaration(bytes)
        }
        guard let single, let table = try TextDecoder.table(of: single) else {
            form = .converter(try TextDecoder.open(name), unit: 1)
            return TextDecoder.withoutDeclaration(converted(bytes, isEnd: false))
        }
        form = names.contains("utf-8") ? .utf8Or(table) : .singleByte(table)
        return TextDecoder.withoutDeclaration(converted(bytes, isEnd: false))
    }

    /// UTF-16 or UTF-32 by a byte order mark or by zero bytes: name, bytes of a unit, and bytes of the mark.
    private static func wideForm(of bytes: [UInt8]) -> (name: String, unit: Int, mark: Int)? {
        let four = Array(bytes.prefix(4))
        if four == [0xFF, 0xFE, 0, 0] { return ("UTF-32LE", 4, 4) }
        if four == [0, 0, 0xFE, 0xFF] { return ("UTF-32BE", 4, 4) }
        if four.starts(with: [0xFF, 0xFE]) { return ("UTF-16LE", 2, 2) }
        if four.starts(with: [0xFE, 0xFF]) { return ("UTF-16BE", 2, 2) }
        guard four.count == 4 else { return nil }
        switch four.map({ $0 == 0 }) {
        case [false, true, false, true]: return ("UTF-16LE", 2, 0)
        case [true, false, true, false]: return ("UTF-16BE", 2, 0)
        case [false, true, true, true]: return ("UTF-32LE", 4, 0)
        case [true, true, true, false]: return ("UTF-32BE", 4, 0)
        default: return nil
        }
    }

    private static func isWide(_ name: String) -> Bool {
        ["utf-16", "utf-32", "ucs-2", "ucs-4", "iso-10646"].contains { name.hasPrefix($0) }
    }

    /// One spelling of a name; `nil` for one that says nothing.
    private static func canonical(_ charset: String) -> String? {
        let name = charset.lowercased().filter { !$0.isWhitespace && $0 != "\"" && $0 != "'" }
        switch name {
        case "": return nil
        // ASCII is a part of UTF-8.
        case "utf8", "utf-8", "us-ascii", "ascii", "unicode-1-1-utf-8": return "utf-8"
        case "iso-8859-1", "iso8859-1", "iso_8859-1", "latin1", "latin-1", "l1", "cp1252", "windows-1252", "ansi":
            return "windows-1252"
        default: return String(name.prefix(100))
        }
    }

    /// Whether this machine knows a set.
    private static func isKnown(_ name: String) -> Bool {
        guard name != "utf-8" else { return true }
        guard let converter = try? open(name) else { return false }
        iconv_close(converter)
        return true
    }

    private static func open(_ name: String) throws(ParseError) -> iconv_t {
        let isName = name.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || byte == 0x2D || byte == 0x5F || byte == 0x2E || byte == 0x3A
        }
        guard isName, let converter = iconv_open("UTF-8", name), ciconv_is_open(converter) else {
            throw ParseError(.unsupportedEncoding, detail: name)
        }
        return converter
    }

    /// What each byte of a set stands for; `nil` for a set in which a character may have several bytes.
    private static func table(of name: String) throws(ParseError) -> [[UInt8]]? {
        let converter = try open(name)
        defer { iconv_close(converter) }
        var table: [[UInt8]] = []
        for byte in UInt8.min...UInt8.max {
            switch convert(converter, [byte]) {
            case (let output, 0, _): table.append(output)
            case (_, _, EINVAL): return nil
            default: table.append(XMLSanitizer.replacement)
            }
        }
        // A set that keeps ASCII letters; others are not told from a mistake.
        return table[0x3C] == [0x3C] && table[0x61] == [0x61] ? table : nil
    }

    // MARK: converting

    private mutating func converted(_ piece: [UInt8], isEnd: Bool) -> [UInt8] {
        switch form {
        case .undecided, .utf8: return piece
        case .singleByte(let table): return mapped(piece, table)
        case .utf8Or(let table): return mixed(carry + piece, table, isEnd: isEnd)
        case .converter(let converter, let unit): return streamed(carry + piece, converter, unit, isEnd: isEnd)
        }
    }

    private mutating func mapped(_ piece: [UInt8], _ table: [[UInt8]]) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(piece.count + piece.count / 8)
        for byte in piece {
            if byte < 0x80 { output.append(byte) } else { add(table[Int(byte)], to: &output) }
        }
        return output
    }

    private mutating func add(_ character: [UInt8], to output: inout [UInt8]) {
        if contradiction != nil { doubt = contradiction }
        if character == XMLSanitizer.replacement { replaced += 1 }
        output.append(contentsOf: character)
    }

    private mutating func mixed(_ bytes: [UInt8], _ table: [[UInt8]], isEnd: Bool) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count + bytes.count / 8)
        carry = []
        var place = 0
        while place < bytes.count {
            let byte = bytes[place]
            guard byte >= 0x80 else {
                output.append(byte)
                place += 1
                continue
            }
            doubt = contradiction
            let step = bytes.withUnsafeBufferPointer { XMLSanitizer.character($0, at: place, atEnd: isEnd) }
            switch step {
            case .keep(let length):
                output.append(contentsOf: bytes[place..<place + length])
                place += length
            case .replace:
                add(table[Int(byte)], to: &output)
                place += 1
            case .wait:
                carry = Array(bytes[place...])
                return output
            }
        }
        return output
    }

    private mutating func streamed(_ bytes: [UInt8], _ converter: iconv_t, _ unit: Int, isEnd: Bool) -> [UInt8] {
        var output: [UInt8] = []
        var rest = bytes[...]
        carry = []
        while !rest.isEmpty {
            let (some, left, error) = TextDecoder.convert(converter, Array(rest))
            output += some
            rest = rest.suffix(left)
            guard left > 0 else { break }
            if error == EINVAL, !isEnd {
                carry = Array(rest)
                return output
            }
            add(XMLSanitizer.replacement, to: &output)
            rest = rest.dropFirst(unit)
        }
        return output
    }

    /// What could be converted, how many bytes are left, and why.
    private static func convert(_ converter: iconv_t, _ bytes: [UInt8]) -> (output: [UInt8], left: Int, error: Int32) {
        var bytes = bytes
        var output: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: max(64, bytes.count * 2))
        var taken = 0
        var error: Int32 = 0
        repeat {
            let (used, written, failed) = bytes.withUnsafeMutableBytes { source in
                buffer.withUnsafeMutableBytes { target in
                    var from = source.baseAddress?.advanced(by: taken).assumingMemoryBound(to: CChar.self)
                    var to = target.baseAddress?.assumingMemoryBound(to: CChar.self)
                    var (sourceLeft, targetLeft) = (source.count - taken, target.count)
                    let result = iconv(converter, &from, &sourceLeft, &to, &targetLeft)
                    let code = result == -1 ? ciconv_error() : 0
                    return (source.count - taken - sourceLeft, target.count - targetLeft, code)
                }
            }
            taken += used
            output += buffer[..<written]
            error = failed
        } while error == E2BIG
        return (output, bytes.count - taken, error)
    }

    /// The text with blanks in place of its XML declaration.
    private static func withoutDeclaration(_ bytes: [UInt8]) -> [UInt8] {
        guard let range = BodySniffer.declaration(in: bytes) else { return bytes }
        var bytes = bytes
        for index in range where !bytes[index].isBlank { bytes[index] = 0x20 }
        return bytes
    }
}
