import Inflow
import Testing

@testable import Records

@Suite("Records of an XML answer")
struct RecordTests {
    @Test("records are found at each path asked for, without regard to case")
    func paths() throws {
        let list = "<Response><Status>OK</Status><Jobs><Job><ID>1</ID></Job><Job><ID>2</ID></Job></Jobs></Response>"
        #expect(try read(list).records == ["job(id[1])", "job(id[2])"])
        #expect(try read("<Response><Job><ID>3</ID></Job></Response>").only == "job(id[3])")
        #expect(try read("<RESPONSE><jobs><JOB><iD>4</iD></JOB></jobs></RESPONSE>").only == "job(id[4])")
        #expect(try read("<Costs><Cost><ID>5</ID></Cost></Costs>").only == "Cost(id[5])")
        #expect(try read("<Response><Costs><Cost><ID>6</ID></Cost></Costs></Response>").only == "Cost(id[6])")
    }

    @Test("a record of the same name inside a record is part of it")
    func nested() throws {
        let body = "<Response><Jobs><Job><Job><ID>1</ID></Job></Job></Jobs></Response>"
        #expect(try read(body).records == ["job(job(id[1]))"])
    }

    @Test("known names have the vocabulary's numbers; unknown ones follow as first spelt")
    func names() throws {
        let body = "<Response><Job><WebURL>a</WebURL><weburl>b</weburl><NAME>c</NAME></Job></Response>"
        let reading = try read(body)
        #expect(reading.names == ["id", "name", "job", "uuid", "WebURL"])
        #expect(reading.only == "job(WebURL[a] WebURL[b] name[c])")
    }

    @Test("a vocabulary word given twice keeps all numbers in place")
    func doubledWord() throws {
        let body = Array("<Response><Job><b>1</b></Job></Response>".utf8)
        let reading = try read(body, vocabulary: ["a", "a", "b"])
        #expect(reading.names == ["a", "a", "b", "Job"])
        #expect(reading.only == "Job(b[1])")
    }

    @Test("attributes inside a record become elements after theirs; outside they are left out")
    func attributes() throws {
        let body = """
            <Response api-method="List"><Job id="7" x:Nil="a &amp; &#66; &lt;"><Name a='"'>n</Name></Job></Response>
            """
        #expect(try read(body).only == "job(@id[7] @Nil[a & B <] name[n](@a[\"]))")
    }

    @Test("prefixes of names are dropped, declared or not")
    func prefixes() throws {
        let body = "<Response><x:Job xmlns:y='urn:y'><y:ID>1</y:ID><z:Name>2</z:Name></x:Job></Response>"
        #expect(try read(body).only == "job(id[1] name[2])")
    }

    @Test("white space of leaves is kept as sent; between children it is dropped")
    func whiteSpace() throws {
        let body = "<Response>\n <Job>\n  <Name> Ana Pohatu </Name>\n  <ID>\t</ID>\n </Job>\n</Response>\n \n"
        #expect(try read(body).only == "job(name[ Ana Pohatu ] id[\t])")
    }

    @Test("text around children is one text")
    func mixedText() throws {
        let body = "<Response><Job> a <ID>1</ID> b<Name>x<i>y</i>z</Name> c </Job></Response>"
        #expect(try read(body).only == "job[ a  b c ](id[1] name[xz](i[y]))")
    }

    @Test("CDATA is text; comments and instructions are left out")
    func sections() throws {
        let body = """
            <?xml version="1.0"?><!-- a & b <x> --><Response><?php a & b ?>\
            <Job><Name>a<![CDATA[<b> & &amp; ]] ]]>c<!-- d -->e<?f g?>h</Name></Job></Response>
            """
        #expect(try read(body).only == "job(name[a<b> & &amp; ]] ceh])")
    }

    @Test("empty elements are there, with no text")
    func emptyElements() throws {
        #expect(try read("<Response><Job><ID/><Name></Name></Job></Response>").only == "job(id name)")
        #expect(try read("<Response><Job/></Response>").only == "job")
    }

    @Test("batches are full at the number of records asked for, and places go on over them")
    func batches() throws {
        var limits = ParserLimits()
        limits.batchRecords = 3
        let body = "<Response><Jobs>" + String(repeating: "<Job><ID>1</ID></Job>", count: 7) + "</Jobs></Response>"
        let reading = try read(Array(body.utf8), limits: limits, firstOrdinal: 100)
        #expect(reading.batchSizes == [3, 3, 1])
        #expect(reading.ordinals == Array(100..<107))
        #expect(reading.counters.pulled == 7)
    }

    @Test("batches are full at the length of text asked for")
    func batchBytes() throws {
        var limits = ParserLimits()
        limits.batchBytes = 10
        let body = "<Response><Jobs>" + String(repeating: "<Job><ID>123456</ID></Job>", count: 5) + "</Jobs></Response>"
        #expect(try read(body, limits: limits).batchSizes == [2, 2, 1])
    }

    @Test("long texts are read whole")
    func longTexts() throws {
        for length in [100_000, 12_000_000] {
            let body = "<Response><Job><Name>" + String(repeating: "x", count: length) + "</Name></Job></Response>"
            #expect(try read(body).only.utf8.count == length + "job(name[])".utf8.count)
        }
    }

    @Test("long attributes are read whole")
    func longAttributes() throws {
        let body = "<Response><Job Name='" + String(repeating: "x", count: 1_000_000) + "'/></Response>"
        #expect(try read(body).only.utf8.count == 1_000_000 + "job(@Name[])".utf8.count)
    }

    @Test("a text over the limit makes its record unreadable, not the answer")
    func longText() throws {
        var limits = ParserLimits()
        limits.textLength = 1_000
        let long = String(repeating: "é", count: 700)
        let body = """
            <Response><Jobs><Job><ID>1</ID></Job><Job><ID>2</ID><Name>\(long)<b/></Name></Job><Job><ID>3</ID></Job>\
            <Job><ID a='\(long)'/></Job><Job><ID>5</ID>\(long)</Job><Job><ID>6</ID></Job></Jobs></Response>
            """
        let reading = try read(body, limits: limits)
        #expect(reading.records == ["job(id[1])", "job(id[3])", "job(id[6])"])
        #expect(reading.ordinals == [0, 2, 5])
        #expect(reading.unreadable == ["1 too_long job/name 200", "3 too_long job/id/@a 200", "4 too_long job 200"])
        #expect(reading.counters.pulled == 6)
    }

    @Test("a record with too much text or too many elements is unreadable, not the answer")
    func longRecord() throws {
        var limits = ParserLimits()
        limits.recordLength = 100
        limits.elementsPerRecord = 20
        let body = """
            <Response><Jobs><Job><ID>\(String(repeating: "x", count: 60))</ID><ID>\(String(repeating: "y", count: 60))\
            </ID></Job><Job><ID>1</ID></Job><Job>\(String(repeating: "<a/>", count: 30))</Job></Jobs></Response>
            """
        let reading = try read(body, limits: limits)
        #expect(reading.records == ["job(id[1])"])
        #expect(reading.unreadable == ["0 too_long job 120", "2 too_long job 0"])
    }

    @Test("the readable view of a batch agrees with its tape")
    func readableView() throws {
        var parser = XMLRecordParser(items: ["Response/Job"], vocabulary: ["job", "client", "name"])
        let body = "<Response><Job><Client><Name>Kea &amp; Sons</Name></Client><Name>Fit-out</Name></Job></Response>"
        try Array(body.utf8).withUnsafeBytes { try parser.feed($0) }
        let batch = try #require(try parser.finish().last)
        #expect(batch[0].text(at: "Client/Name") == "Kea & Sons")
        #expect(batch[0].text(at: "name") == "Fit-out")
    }
}
