import Inflow
import Testing

@testable import Records

@Suite("What an answer says of itself")
struct EnvelopeTests {
    @Test("the counters of a paged answer are read wherever they stand under the root")
    func counters() throws {
        let body = """
            <Response><Status>ok</Status><Page>2</Page><PageSize> 100 </PageSize><Jobs><Job/><Job/></Jobs>\
            <TotalRecords>102</TotalRecords></Response>
            """
        let counters = try read(body).counters
        #expect(counters.page == 2)
        #expect(counters.pageSize == 100)
        #expect(counters.totalRecords == 102)
        #expect(counters.records == nil)
        #expect(counters.pulled == 2)
    }

    @Test("Records is a number of its own in the cost list")
    func records() throws {
        let body = "<Response><Status>OK</Status><Records>0</Records><Costs/></Response>"
        let reading = try read(body)
        #expect(reading.counters.records == 0)
        #expect(reading.records.isEmpty)
        #expect(reading.counters.unknown.isEmpty)
    }

    @Test("a container called Records is not taken for the number")
    func recordsContainer() throws {
        let body = "<Response><Records><Record><ID>1</ID></Record></Records></Response>"
        let reading = try read(body, items: ["Response/Records/Record"])
        #expect(reading.counters.records == nil)
        #expect(reading.only == "Record(id[1])")
    }

    @Test(
        "no rows: an empty container, or an explicit and otherwise empty OK",
        arguments: [
            "<Response><Status>OK</Status><Jobs/></Response>", "<Response><Jobs>\n</Jobs></Response>",
            "<Response><Status>OK</Status></Response>", "<Response status=\"ok\"/>", "<Costs/>",
        ])
    func noRows(body: String) throws {
        let reading = try read(body)
        #expect(reading.records.isEmpty)
        #expect(reading.counters.pulled == 0)
        #expect(reading.counters.unknown.isEmpty)
    }

    @Test(
        "an error answer is an error with its description, whatever case it is written in",
        arguments: ["ERROR", "Error", " error "])
    func platformError(status: String) {
        let body = """
            <Response><Status>\(status)</Status><ErrorDescription>No such &quot;job&quot;</ErrorDescription></Response>
            """
        let error = refusal(of: body)
        #expect(error?.code == .platformError)
        #expect(error?.detail == "No such \"job\"")
        #expect(refusal(of: body, items: ["Costs/Cost"])?.code == .platformError)
    }

    @Test(
        "10.C11 an answer without records that holds something else, or nothing at all, does not prove that there are none",
        arguments: [
            ("<Response/>", "neither records"), ("<Response api-method=\"List\"></Response>", "neither records"),
            ("<Response><Status>OK</Status><JobList/></Response>", "JobList"),
            (
                "<Response><Status>OK</Status><JobList><Job><ID>1</ID></Job></JobList></Response>",
                "JobList/Job/ID (\"1\")"
            ),
            ("<Response><Status>OK</Status><Jobs><Task><ID>1</ID></Task></Jobs></Response>", "Jobs/Task/ID"),
            ("<Response><Status>OK</Status><Jobs/><Warning>partial</Warning></Response>", "Warning (\"partial\")"),
            ("<Response><Status>OK</Status>later</Response>", "#text"),
        ])
    func unprovenEmpty(body: String, words: String) {
        let error = refusal(of: body)
        #expect(error?.code == .unprovenEmpty)
        #expect(error?.detail.contains(words) == true, "\(error?.detail ?? "")")
    }

    @Test(
        "10.C11 any status but OK is an error, as an element or an attribute, and so is a description of an error",
        arguments: [
            ("<Response><Status>FAILED</Status></Response>", "Status FAILED"),
            ("<Response><Status>Denied</Status><Jobs><Job><ID>1</ID></Job></Jobs></Response>", "Status Denied"),
            ("<Response status=\"ERROR\"/>", ""), ("<Response Status=\"Busy\"><Jobs/></Response>", "Status Busy"),
            ("<Response><ErrorDescription>down for maintenance</ErrorDescription></Response>", "down for maintenance"),
            ("<Response><Status>OK</Status><ErrorDescription>half</ErrorDescription><Jobs/></Response>", "half"),
        ])
    func otherStatus(body: String, words: String) {
        let error = refusal(of: body)
        #expect(error?.code == .platformError)
        #expect(error?.detail == words)
    }

    @Test(
        "11.2 a counter that is not a count makes the answer unreadable",
        arguments: ["TotalRecords", "Page", "PageSize", "Records"],
        ["", "many", "-1", "-0", "1.5"])
    func unreadableCounter(name: String, value: String) {
        let error = refusal(
            of: "<Response><Status>OK</Status><Jobs><Job><ID>1</ID></Job></Jobs><\(name)>\(value)</\(name)></Response>")
        #expect(error?.code == .unreadableCounter)
        #expect(error?.detail == "\(name) \"\(value)\"")
    }

    @Test("ID: OK where Status belongs is taken for it; ID: ERROR too")
    func slip() throws {
        let reading = try read("<Response><ID>OK</ID><Job><ID>ERROR</ID></Job></Response>")
        #expect(reading.only == "job(id[ERROR])")
        #expect(reading.counters.unknown.isEmpty)
        #expect(refusal(of: "<Response><ID>ERROR</ID></Response>")?.code == .platformError)
    }

    @Test("a status inside a record is the record's own")
    func innerStatus() throws {
        let body = "<Response><Invoices><Invoice><Status>ERROR</Status></Invoice></Invoices></Response>"
        #expect(try read(body).only == "Invoice(Status[ERROR])")
    }

    @Test("elements around the records that are not known are noted, not read")
    func unknown() throws {
        let body = """
            <Response><Job><ID>1</ID></Job><WebUrl>https://app.example.invalid/1</WebUrl><Documents/>\
            <Extra><Deep>\(String(repeating: "x", count: 900))</Deep></Extra></Response>
            """
        let reading = try read(body)
        #expect(reading.only == "job(id[1])")
        #expect(reading.counters.unknown["WebUrl"] == "https://app.example.invalid/1")
        #expect(reading.counters.unknown["Documents"] == "")
        #expect(reading.counters.unknown["Extra/Deep"]?.count == 200)
    }

    @Test(
        "what may be a record counts as outside: an element with values, and any in the list that is not a record",
        arguments: [
            ("<Times><Time><ID>1</ID></Time></Times><WebUrl>x</WebUrl><Documents/>", 0),
            ("<Times><Time><ID>1</ID></Time></Times><Old><Time><ID>2</ID></Time><Time><ID>3</ID></Time></Old>", 2),
            ("<Times><Time><ID>1</ID></Time><Entry><ID>2</ID></Entry><Entry id='3'/></Times>", 2),
            ("<Times><Time><ID>1</ID></Time></Times><Paging><Next>2</Next></Paging>", 1),
            ("<Times><Time><ID>1</ID><Job><ID>J</ID></Job></Time></Times>", 0),
        ])
    func outside(body: String, count: Int) throws {
        let counters = try read("<Response><Status>OK</Status>\(body)</Response>").counters
        #expect(counters.pulled == 1)
        #expect(counters.outside == count)
    }

    @Test("notes of unknown elements are bounded")
    func unknownBounded() throws {
        let elements = (0..<500).map { "<E\($0)>1</E\($0)>" }.joined()
        #expect(try read("<Response><Job><ID>1</ID></Job>\(elements)</Response>").counters.unknown.count == 32)
    }

    @Test("the reference's job example is read")
    func jobExample() throws {
        let reading = try read(Bodies.job)
        #expect(reading.records.count == 1)
        #expect(reading.only.hasPrefix("job(id[J000417] uuid[11111111-2222-4333-8444-555555550001] name[Harbour kiosk"))
        #expect(reading.only.contains("Client(uuid[11111111-2222-4333-8444-555555550002] name[Kea & Sons])"))
        #expect(reading.only.contains("Milestones Notes WebURL[https://app.example.invalid/jobs/417]"))
        #expect(reading.counters.totalRecords == 1)
    }
}
