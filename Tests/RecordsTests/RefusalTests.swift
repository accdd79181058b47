import Testing

@testable import Records

@Suite("Answers that cannot be read")
struct RefusalTests {
    @Test(
        "each kind of bad body has its code",
        arguments: [
            ("", ParseError.Code.empty), (" \n\t ", .empty), ("\u{FEFF}", .empty), ("<!-- nothing -->", .truncated),
            ("<Response>", .truncated), ("<Response><Jobs><Job><ID>1", .truncated), ("<Resp", .truncated),
            ("<Response><Job a='", .truncated), ("<Response><![CDATA[ x", .truncated),
            ("<?xml version='1.0'", .truncated),
            ("<Response><Status>OK</Status", .truncated), ("<Response></Response", .truncated),
            ("<Response/><Response/>", .secondRoot), ("<Response/>junk", .secondRoot),
            ("<Response/><?xml version='1.0'?><Response/>", .secondRoot), ("<Response/><html/>", .secondRoot),
            ("<html><body>Sorry</body></html>", .html), ("<!DOCTYPE html><html></html>", .html),
            ("<!doctype HTML>\n<HTML></HTML>", .html), ("\n<!-- x --><HTML lang='en'><br></HTML>", .html),
            ("<!DOCTYPE html", .html),
            ("Service Unavailable", .notXML), ("{\"message\":\"x\"}", .notXML), ("[]", .notXML), ("\u{1}", .notXML),
            ("<Invoices><Invoice/></Invoices>", .unexpectedRoot), ("<error>x</error>", .unexpectedRoot),
            ("<Response><Job></Response>", .notWellFormed), ("<Response><Job>a < b</Job></Response>", .notWellFormed),
            ("<Response><Job a=1/></Response>", .notWellFormed),
            ("<Response><Job a='1' a='2'/></Response>", .notWellFormed),
            ("<Response><></Response>", .notWellFormed), ("<Response><?xml version='1.0'?></Response>", .notWellFormed),
            ("<!DOCTYPE Response><Response/>", .documentType),
            ("<!DOCTYPE Response SYSTEM 'http://127.0.0.1/x.dtd'><Response/>", .documentType),
            ("<?xml version='1.0' encoding='windows-1252'?><Response/>", .unsupportedEncoding),
        ])
    func codes(body: String, code: ParseError.Code) {
        #expect(refusal(of: body)?.code == code)
        for slicing in Slicing.allCases {
            #expect(refusal(of: Array(body.utf8), slicing: slicing)?.code == code)
        }
    }

    @Test("a page that is not records is shown by its first 200 characters")
    func excerpts() {
        let text = String(repeating: "é", count: 300)
        #expect(refusal(of: "Down: " + text)?.detail == "Down: " + text.prefix(194))
        #expect(refusal(of: "<html>" + text)?.detail == "<html>" + text.prefix(194))
        #expect(refusal(of: "<!DOCTYPE html><p>Sorry")?.detail == "<!DOCTYPE html><p>Sorry")
    }

    @Test("the entities of a billion laughs are refused before any is read")
    func billionLaughs() {
        let body = """
            <?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;&lol;&lol;">]>
            <Response><Job>&lol2;</Job></Response>
            """
        #expect(refusal(of: body)?.code == .documentType)
    }

    @Test("a document type is refused wherever it stands")
    func lateDocumentType() {
        #expect(refusal(of: "<!-- x --><!DOCTYPE a><Response/>")?.code == .documentType)
        #expect(refusal(of: "<Response><!DOCTYPE a></Response>")?.code == .documentType)
        #expect(refusal(of: "<Response><Job><![CDATA[<!DOCTYPE a>]]><!-- <!DOCTYPE a> --></Job></Response>") == nil)
    }

    @Test("an encoding that is not UTF-8 is named")
    func encodings() {
        let body = "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><Response/>"
        #expect(refusal(of: body)?.detail == "ISO-8859-1")
        #expect(refusal(of: [0xFF, 0xFE, 0x3C, 0x00] as [UInt8])?.code == .unsupportedEncoding)
        #expect(refusal(of: [0x00, 0x3C, 0x00, 0x52] as [UInt8])?.code == .unsupportedEncoding)
        #expect(refusal(of: "<?xml version='1.0' encoding='us-ascii'?><Response status='OK'/>") == nil)
    }

    @Test("nesting is bounded, in records and around them")
    func depth() {
        var limits = ParserLimits()
        limits.depth = 5
        #expect(refusal(of: "<Response><Jobs><Job><a><b/></a></Job></Jobs></Response>", limits: limits) == nil)
        #expect(
            refusal(of: "<Response><Jobs><Job><a><b><c/></b></a></Job></Jobs></Response>", limits: limits)?.code
                == .tooDeep)
        #expect(refusal(of: String(repeating: "<Response>", count: 100_000))?.code == .tooDeep)
    }

    @Test("the number of unknown names is bounded")
    func unknownNames() {
        var limits = ParserLimits()
        limits.unknownNames = 100
        let names = (0..<200).map { "<E\($0)/>" }.joined()
        #expect(refusal(of: "<Response><Job>\(names)</Job></Response>", limits: limits)?.code == .tooManyElements)
        #expect(refusal(of: "<Response><Job>\(names)</Job></Response>") == nil)
    }

    @Test("the number of names around the records is bounded too")
    func namesAround() {
        let names = (0..<60_000).map { "<E\($0) a\($0)='' xmlns:x\($0)='urn:\($0)'/>" }.joined()
        #expect(refusal(of: "<Response>\(names)</Response>")?.code == .tooManyElements)
    }

    @Test("any amount of white space may come before the answer, and alone it is empty")
    func leadingWhiteSpace() {
        let blank = String(repeating: " \n", count: 100_000)
        #expect(refusal(of: blank)?.code == .empty)
        #expect(refusal(of: blank + "<Response status='OK'/>") == nil)
        #expect(refusal(of: blank + "Sorry")?.code == .notXML)
        #expect(refusal(of: blank + "<?xml version='1.0' encoding='latin1'?><Response/>")?.code == .unsupportedEncoding)
    }

    @Test("a tag that does not end is refused, not gathered for ever")
    func endlessTag() {
        var limits = ParserLimits()
        limits.textLength = 1_000
        let body = "<Response><Job a='" + String(repeating: "x", count: 3 << 20)
        #expect(refusal(of: body, limits: limits)?.code == .tooLong)
    }

    @Test("an error says where, and shows values only when asked for")
    func words() {
        let error = refusal(of: "<Response>\n<Job>\n</Jab>\n</Response>")
        #expect(error?.line == 3)
        #expect(error?.description == "the answer is not well-formed XML (line 3)")
        #expect(error?.debugDescription.contains("Jab") == true)
    }

    @Test("after an error everything else is the same error")
    func afterError() throws {
        var parser = XMLRecordParser(items: ["Response/Job"], vocabulary: [])
        #expect(throws: ParseError.self) { try parser.finish() }
        #expect(throws: ParseError(.empty)) {
            try Array("<Response/>".utf8).withUnsafeBytes { try parser.feed($0) }
        }
        #expect(parser.nextBatch() == nil)
    }
}
