/// Judges the first bytes of a body, before a parser sees them.
enum BodySniffer {
    /// How many bytes are gathered before they are judged.
    static let length = 1_024

    /// The body's first bytes made ready for the parser: mark, leading white space and XML declaration blanked out.
    ///
    /// Throws `ParseError` (empty, not_xml, unsupported_encoding, not_well_formed).
    static func judge(_ bytes: [UInt8], isWhole: Bool) throws(ParseError) -> [UInt8] {
        if bytes.starts(with: [0xFE, 0xFF]) || bytes.starts(with: [0xFF, 0xFE])
            || bytes.prefix(4).dropLast(2).contains(0)
        {
            throw ParseError(.unsupportedEncoding, detail: "UTF-16 or UTF-32")
        }
        var ready = bytes
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { ready.replaceSubrange(0..<3, with: [32, 32, 32]) }
        guard let first = ready.firstIndex(where: { !$0.isBlank }) else {
            // A byte order mark and white space: more may come, unless this is all.
            if isWhole { throw ParseError(.empty) }
            return ready
        }
        guard ready[first] == 60 else { throw ParseError(.notXML, detail: excerpt(bytes)) }
        guard ready[first...].starts(with: "<?xml".utf8), ready.count > first + 5, ready[first + 5].isBlank else {
            return ready
        }
        guard let end = ready[first...].firstIndex(of: 62) else {
            throw ParseError(isWhole ? .truncated : .notWellFormed, detail: excerpt(bytes))
        }
        try judgeEncoding(String(decoding: ready[first...end], as: UTF8.self))
        for index in first...end where !ready[index].isBlank { ready[index] = 32 }
        return ready
    }

    private static func judgeEncoding(_ declaration: String) throws(ParseError) {
        guard let name = encoding(in: declaration) else { return }
        guard ["utf-8", "utf8", "us-ascii", "ascii"].contains(name.lowercased()) else {
            throw ParseError(.unsupportedEncoding, detail: String(name.prefix(100)))
        }
    }

    /// The encoding that an XML declaration names.
    private static func encoding(in declaration: String) -> String? {
        guard let word = declaration.firstRange(of: "encoding") else { return nil }
        let rest = declaration[word.upperBound...].drop { " \t\r\n=".contains($0) }
        guard let quote = rest.first, quote == "\"" || quote == "'" else { return nil }
        return String(rest.dropFirst().prefix { $0 != quote })
    }

    /// Where the XML declaration of a body stands, of which at least the beginning is there; `nil` where there is none.
    static func declaration(in bytes: [UInt8]) -> ClosedRange<Int>? {
        let mark = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        guard let first = bytes[mark...].firstIndex(where: { !$0.isBlank }),
            bytes[first...].starts(with: "<?xml".utf8), bytes.count > first + 5, bytes[first + 5].isBlank,
            let end = bytes[first...].prefix(length).firstIndex(of: 62)
        else { return nil }
        return first...end
    }

    /// The encoding that the XML declaration of a body names.
    static func declaredEncoding(in bytes: [UInt8]) -> String? {
        declaration(in: bytes).flatMap { encoding(in: String(decoding: bytes[$0], as: UTF8.self)) }
    }

    /// The first 200 characters of a body.
    static func excerpt(_ bytes: some Collection<UInt8>) -> String {
        String(String(decoding: bytes.prefix(800), as: UTF8.self).prefix(200))
    }
}
