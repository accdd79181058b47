extension String {
    /// The text without characters that a terminal, a log or a mail would act on instead of showing them.
    ///
    /// Text from outside, such as the words of an error, may hold escape sequences, zero bytes, or marks that turn the
    /// direction of writing. Each becomes U+FFFD; line feeds and tabs stay.
    public var harmless: String {
        guard unicodeScalars.contains(where: { !$0.isHarmless }) else { return self }
        return String(UnicodeScalarView(unicodeScalars.map { $0.isHarmless ? $0 : "\u{FFFD}" }))
    }

    /// Whether the text holds a character that is not shown but acted on, line feeds and tabs included.
    public var holdsControlCharacters: Bool {
        unicodeScalars.contains { $0 == "\n" || $0 == "\t" || !$0.isHarmless }
    }
}

extension Unicode.Scalar {
    /// Controls (C0, DEL, C1) but for line feed and tab, separators of lines, and marks and overrides of direction.
    fileprivate var isHarmless: Bool {
        switch value {
        case 0x09, 0x0A: true
        case 0..<0x20, 0x7F...0x9F, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: false
        default: true
        }
    }
}
