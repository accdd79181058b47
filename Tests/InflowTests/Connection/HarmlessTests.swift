import Testing

@testable import Inflow

@Suite("11.7 Text from outside")
struct HarmlessTests {
    @Test(
        "Escape sequences, zero bytes and marks of direction are replaced; line feeds, tabs and letters stay",
        arguments: [
            ("\u{1B}]0;title\u{07}\u{1B}[2J", "\u{FFFD}]0;title\u{FFFD}\u{FFFD}[2J"), ("A\0\0B", "A\u{FFFD}\u{FFFD}B"),
            ("a\u{9B}31m", "a\u{FFFD}31m"), ("x\u{202E}y\u{2066}z", "x\u{FFFD}y\u{FFFD}z"), ("a\r\nb", "a\u{FFFD}\nb"),
            ("Zoë\t東\n👷🏽", "Zoë\t東\n👷🏽"),
        ])
    func replaced(text: String, shown: String) {
        #expect(text.harmless == shown)
        let error = SourceError(.platformDown, subject: text, message: text, detail: text)
        #expect(error.debugDescription == "\(shown) (\(shown)): \(shown)")
    }

    @Test("A name with a control character is known by it", arguments: ["a\nb", "a\tb", "\u{1B}[1m", "a\u{2028}"])
    func names(name: String) {
        #expect(name.holdsControlCharacters)
        #expect(!"Zoë & Söhne (東)".holdsControlCharacters)
    }
}
