import Testing

@testable import Records

/// Bodies in other character sets, fed whole and byte by byte.
@Suite("11.4 Character sets of answers")
struct TextDecoderTests {
    private struct Decoded: Equatable {
        var text = ""
        var replaced = 0
        var isDoubtful = false
    }

    private func decode(_ bytes: [UInt8], _ charset: String?) throws -> Decoded {
        let whole = try decode([bytes], charset)
        #expect(try decode(bytes.map { [$0] }, charset) == whole)
        return whole
    }

    private func decode(_ pieces: [[UInt8]], _ charset: String?) throws -> Decoded {
        var decoder = TextDecoder(charset: charset)
        var bytes: [UInt8] = []
        for piece in pieces { bytes += try decoder.decode(piece) }
        bytes += try decoder.finish()
        return Decoded(
            text: String(decoding: bytes, as: UTF8.self), replaced: decoder.replaced,
            isDoubtful: decoder.doubt != nil)
    }

    /// A body with text of one byte a character.
    private func latin(_ text: String, declaring encoding: String? = nil) -> [UInt8] {
        let declaration = encoding.map { "<?xml version=\"1.0\" encoding=\"\($0)\"?>" } ?? ""
        return Array(declaration.utf8) + text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
    }

    private func wide(_ text: String, isBigEndian: Bool, mark: Bool) -> [UInt8] {
        ((mark ? [0xFEFF] : []) + Array(text.utf16)).flatMap { unit in
            let (high, low) = (UInt8(unit >> 8), UInt8(unit & 0xFF))
            return isBigEndian ? [high, low] : [low, high]
        }
    }

    @Test("A body in UTF-8 passes byte for byte, whatever its header spells UTF-8 like")
    func utf8() throws {
        let body = Array("<?xml version=\"1.0\" encoding=\"utf-8\"?><R>Café 😀</R>".utf8)
        for charset in [nil, "utf-8", "UTF8", "\"UTF-8\"", "us-ascii", ""] {
            var decoder = TextDecoder(charset: charset)
            #expect(try decoder.decode(body) + decoder.finish() == body)
        }
    }

    @Test(
        "One byte a character: by the header, by the declaration, or by both",
        arguments: [
            ("ISO-8859-1", nil), ("iso-8859-1", "iso-8859-1"), (nil, "ISO-8859-1"), (nil, "windows-1252"),
            ("latin1", nil), ("unheard-of", "iso-8859-1"),
        ] as [(String?, String?)])
    func oneByte(header: String?, declared: String?) throws {
        let found = try decode(latin("<R>Café</R>", declaring: declared), header)
        #expect(found.text.hasSuffix("<R>Café</R>") && found.replaced == 0 && !found.isDoubtful)
        #expect(!found.text.contains("encoding"), "the declaration is true no more")
    }

    @Test("Other sets, and what a set does not define")
    func otherSets() throws {
        #expect(try decode([0x3C, 0x52, 0x3E, 0xA4], "iso-8859-15").text == "<R>€")
        #expect(try decode([0x3C, 0x52, 0x3E, 0x80], "iso-8859-1").text == "<R>€", "as in Windows-1252")
        #expect(try decode([0x3C, 0x52, 0x3E, 0x81], "windows-1252") == Decoded(text: "<R>\u{FFFD}", replaced: 1))
        #expect(try decode([0x3C, 0x52, 0x3E, 0x82, 0xA0], "shift_jis").text == "<R>あ")
        #expect(try decode([0x3C, 0x52, 0x3E, 0x82], "shift_jis") == Decoded(text: "<R>\u{FFFD}", replaced: 1))
    }

    @Test("UTF-16 by its mark or its zero bytes, whatever is declared", arguments: [true, false], [true, false])
    func utf16(isBigEndian: Bool, mark: Bool) throws {
        let text = "<?xml version=\"1.0\" encoding=\"utf-16\"?><R>Café 😀</R>"
        for charset in [nil, "utf-16", "utf-8"] {
            let found = try decode(wide(text, isBigEndian: isBigEndian, mark: mark), charset)
            #expect(found.text.hasSuffix("<R>Café 😀</R>") && found.replaced == 0)
        }
        let broken = wide("<R>", isBigEndian: isBigEndian, mark: mark) + (isBigEndian ? [0xD8, 0x00] : [0x00, 0xD8])
        #expect(try decode(broken + wide("x", isBigEndian: isBigEndian, mark: false), nil).replaced == 1)
        #expect(try decode(wide("<R>a", isBigEndian: isBigEndian, mark: mark) + [0x20], nil).replaced == 1)
    }

    @Test(
        "A declaration of UTF-16 over bytes of UTF-8, as .NET writes it, is ignored",
        arguments: [nil, "utf-16", "utf-8"])
    func dotNet(charset: String?) throws {
        let body = "<?xml version=\"1.0\" encoding=\"utf-16\"?><R>Café</R>"
        let found = try decode(Array(body.utf8), charset)
        #expect(found.text.hasSuffix("<R>Café</R>") && !found.text.contains("encoding") && !found.isDoubtful)
    }

    @Test(
        "Header and declaration that contradict each other: UTF-8 where it is UTF-8, the other set elsewhere, and a doubt"
    )
    func contradiction() throws {
        let mixed = latin("<R>Caf\u{C3}\u{A9} Caf\u{E9}</R>", declaring: "utf-8")
        let found = try decode(mixed, "iso-8859-1")
        #expect(found.text.hasSuffix("<R>Café Café</R>") && found.isDoubtful)
        #expect(try !decode(latin("<R>Cafe</R>", declaring: "utf-8"), "iso-8859-1").isDoubtful, "nothing hangs on it")
        let two = try decode(latin("<R>\u{A4}</R>", declaring: "iso-8859-1"), "iso-8859-15")
        #expect(two.text.hasSuffix("<R>€</R>") && two.isDoubtful, "the header counts")
    }

    @Test("A set that nobody knows is an error that names it", arguments: ["klingon-8", "../../etc", "UTF-7//IGNORE"])
    func unknown(charset: String) {
        #expect(throws: ParseError.self) { try decode(Array("<R/>".utf8), charset) }
        #expect(throws: ParseError.self) { try decode(latin("<R/>", declaring: charset), nil) }
    }
}
