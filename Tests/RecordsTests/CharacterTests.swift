import Testing

@testable import Records

@Suite("Characters and references")
struct CharacterTests {
    private func name(_ text: String) throws -> (String, replaced: Int) {
        try name(Array(text.utf8))
    }

    private func name(_ bytes: [UInt8]) throws -> (String, replaced: Int) {
        let body = Array("<Response><Job><Name>".utf8) + bytes + Array("</Name></Job></Response>".utf8)
        let reading = try read(body)
        return (String(reading.only.dropFirst("job(name[".count).dropLast(2)), reading.replaced)
    }

    @Test("references to characters and the five entities are decoded")
    func references() throws {
        let (text, replaced) = try name("&lt;&gt;&amp;&quot;&apos; &#65;&#x42;&#128512; &amp;amp; &#9;|&#x10FFFF;")
        #expect(text == "<>&\"' AB😀 &amp; \t|\u{10FFFF}")
        #expect(replaced == 0)
    }

    @Test("forbidden characters become U+FFFD, raw and as references, and are counted")
    func forbidden() throws {
        #expect(try name("a\u{0}b\u{1F}c\u{FFFE}d\u{FFFF}e") == ("a\u{FFFD}b\u{FFFD}c\u{FFFD}d\u{FFFD}e", 4))
        let (text, replaced) = try name("a&#0;b&#x1f;c&#xFFFE;d&#xD800;e&#55296;f&#x110000;g&#99999999999999999999;")
        #expect(text == "a\u{FFFD}b\u{FFFD}c\u{FFFD}d\u{FFFD}e\u{FFFD}f\u{FFFD}g\u{FFFD}")
        #expect(replaced == 7)
    }

    @Test("malformed UTF-8 becomes U+FFFD, once per broken sequence, as Swift itself decodes it")
    func malformed() throws {
        for bytes: [UInt8] in [
            [0xFF], [0xC0, 0xAF], [0xE2, 0x82, 0x41], [0xED, 0xA0, 0x80], [0xF0, 0x9F, 0x98], [0xF4, 0x90, 0x80, 0x80],
            [0x80, 0x80], [0xC3, 0x28], [0xE0, 0x80, 0x80], [0xF0, 0x80, 0x80, 0x80], [0xC3],
        ] {
            let (text, replaced) = try name([0x61] + bytes + [0x62])
            let expected = String(decoding: [0x61] + bytes + [0x62], as: UTF8.self)
            #expect(text == expected)
            #expect(replaced == expected.unicodeScalars.count { $0 == "\u{FFFD}" })
        }
    }

    @Test("the common HTML entities become their characters, others U+FFFD")
    func entities() throws {
        #expect(try name("a&nbsp;b&copy;c&ndash;d&eacute;") == ("a\u{A0}b©c–dé", 0))
        #expect(try name("&AMP;nbsp; &LT;") == ("&nbsp; <", 0))
        #expect(try name("a&bogus;b") == ("a\u{FFFD}b", 1))
    }

    @Test("an ampersand that begins no reference is taken for itself and counted")
    func ampersands() throws {
        #expect(try name("Kea & Sons, R&D, a&;b &") == ("Kea & Sons, R&D, a&;b &", 4))
        #expect(try name("&#; &#x; &#xg; &#12") == ("&#; &#x; &#xg; &#12", 4))
        #expect(try name("&" + String(repeating: "x", count: 50) + ";").replaced == 1)
        #expect(try name("&&amp;&&lt;") == ("&&&<", 2))
    }

    @Test("what looks like a reference in CDATA is text; a forbidden character there is replaced")
    func cdata() throws {
        #expect(try name("<![CDATA[&#0; &nbsp; & ]]]]>&amp;") == ("&#0; &nbsp; & ]]&", 0))
        #expect(try name("<![CDATA[a\u{1}b]]>") == ("a\u{FFFD}b", 1))
    }

    @Test("after a comment, an instruction or CDATA references count again")
    func afterSections() throws {
        #expect(try name("<!-- & -->&#0;<?x & ?>&#0;<![CDATA[&]]>&#0;") == ("\u{FFFD}\u{FFFD}&\u{FFFD}", 3))
    }

    @Test("exclamation and question marks in text begin nothing")
    func marks() throws {
        #expect(try name("What? Yes! &#0;") == ("What? Yes! \u{FFFD}", 1))
    }

    @Test("line ends become line feeds, references to them stay")
    func lineEnds() throws {
        #expect(try name("a\r\nb\rc&#13;d") == ("a\nb\nc\rd", 0))
    }

    @Test("a byte order mark and white space before the declaration are accepted")
    func start() throws {
        let body = "\u{FEFF}  \n<?xml version='1.0' encoding='UTF-8' standalone='yes'?><Response><Job/></Response>"
        #expect(try read(body).records == ["job"])
    }
}
