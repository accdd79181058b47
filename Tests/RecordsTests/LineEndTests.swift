import Testing

@testable import Records

@Suite("Line ends")
struct LineEndTests {
    @Test(
        "every line end becomes a line feed, in text and in CDATA, however the body is cut up",
        arguments: [false, true], Slicing.allCases)
    func lineEnds(isCDATA: Bool, slicing: Slicing) throws {
        let text = "one\r\ntwo\rthree\nfour\r\r\nfive" + String(repeating: "x\r\n", count: 400)
        let wanted = "one\ntwo\nthree\nfour\n\nfive" + String(repeating: "x\n", count: 400)
        let written = isCDATA ? "<![CDATA[\(text)]]>" : text
        let body = Array("<Response><Job><Name>\(written)</Name><ID><![CDATA[\n]]></ID></Job></Response>".utf8)
        for joinLength in [1, 4_096] {
            let reading = try read(body, slicing: slicing, joinLength: joinLength)
            #expect(reading.only.contains("name[\(wanted)]"))
            #expect(reading.only.contains("id[\n]"), "\(reading.only.suffix(30))")
        }
    }
}
