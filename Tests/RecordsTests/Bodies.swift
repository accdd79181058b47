/// Bodies that several tests read.
enum Bodies {
    /// The reference's example of a detailed job list (API reference 5.1).
    static let job = """
        <Response api-method="List"><Status>OK</Status><Page>1</Page><PageSize>1000</PageSize>
        <TotalRecords>1</TotalRecords>
        <Jobs><Job>
          <ID>J000417</ID><UUID>11111111-2222-4333-8444-555555550001</UUID><Name>Harbour kiosk fit-out</Name>
          <Description/>
          <Client><UUID>11111111-2222-4333-8444-555555550002</UUID><Name>Kea &amp; Sons</Name></Client>
          <ClientOrderNumber/><Budget>12500.00</Budget><State>In Progress</State><Type>Fit-out</Type>
          <StartDate>2026-03-02T00:00:00</StartDate><DueDate>2026-05-29T00:00:00</DueDate>
          <Manager><UUID>11111111-2222-4333-8444-555555550003</UUID><Name>Ana Pohatu</Name></Manager>
          <Assigned><Staff><UUID>11111111-2222-4333-8444-555555550003</UUID><Name>Ana Pohatu</Name></Staff></Assigned>
          <DateCreatedUtc>2026-02-26T21:14:03</DateCreatedUtc><DateModifiedUtc>2026-03-04T02:40:55</DateModifiedUtc>
          <Tasks><Task><UUID>11111111-2222-4333-8444-555555550010</UUID><Name>Design</Name>
            <TaskUUID>11111111-2222-4333-8444-555555550011</TaskUUID><EstimatedMinutes>600</EstimatedMinutes>
            <Description/><Completed>false</Completed><Billable>true</Billable><Folder/></Task></Tasks>
          <Milestones/><Notes/><WebURL>https://app.example.invalid/jobs/417</WebURL>
        </Job></Jobs></Response>
        """

    /// Bodies of every sort, good and bad, for what must not depend on how they are cut up.
    static let all: [[UInt8]] = texts.map { Array($0.utf8) } + raw

    private static let texts: [String] = [
        job,
        "\u{FEFF}<?xml version='1.0' encoding=\"utf-8\"?>\n"
            + "<Response><Job><Name>Bäckerei 😀 &#x1F600; &nbsp;</Name></Job></Response>",
        "<Response><Job><Name>a &#0; b &#x1F; &#xFFFE; &#55296; &#x110000; &bogus; R&D & s &</Name></Job></Response>",
        "<Response><Job a='&#0; &lt; &nbsp; &x'><![CDATA[&#0; <x> ]]&gt; ]]]]>&#1;"
            + "<!-- &#0; - -> & --><?p &#0; ?></Job></Response>",
        "<Response><Jobs>" + String(repeating: "<Job><ID>1</ID>\r\n <Name>x\r\ny</Name></Job>\n", count: 300)
            + "</Jobs></Response>",
        "<Response><Job><Name>" + String(repeating: "long & ", count: 3_000) + "</Name></Job></Response>",
        "<Response><Job><a b=\"x > y < z\"/></Job></Response>",
        "<Response><Job><a b=\"x > y\" c='\"'/>a > b<!-- <a b=\" --><c>'</c></Job></Response>",
        "<Response><Jobs><Job><ID>1</ID></Job>", "<Response></Response><Response></Response>",
        "<Response/>  \n<!-- end --> \n", "<Response/>text", "<Response><Job></Jobs></Response>",
        "<!DOCTYPE html><html><body>Sorry</body></html>", "<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>",
        "<html><body><p>Sorry<br></body></html>", "{\"data\":[]}", "", "  \n ", "<", "<R", "<!", "<!-", "<![CDATA[",
        "<!DOC",
        "<?xml version='1.0' encoding='ISO-8859-1'?><Response/>", "<?xml version='1.1'?><Response/>", "<?xml",
        "<Response><Status>ERROR</Status><ErrorDescription>no</ErrorDescription></Response>",
        String(repeating: "<Response>", count: 100), "\n\n<Response><Job>\u{1}\u{8}</Job></Response>",
        "<Response><Job>&</Job></Response>", "<Response><Job>&#;&#x;&#xZ;&#1a;&;</Job></Response>",
    ]

    private static let raw: [[UInt8]] = [
        Array("<Response><Job><Name>".utf8)
            + [
                0x00, 0x41, 0xFF, 0xC0, 0xAF, 0xE2, 0x82, 0x41, 0xED, 0xA0, 0x80, 0xF0, 0x9F, 0x98, 0xEF, 0xBF, 0xBE,
                0xF5,
                0xE2, 0x82, 0xAC, 0xF4, 0x90, 0x80, 0x80,
            ] + Array("</Name></Job></Response>".utf8),
        Array("<Response><Job>".utf8) + [0xE2, 0x82], Array("<Response><Job/></Response>".utf8) + [0xC3],
        [0xFF, 0xFE, 0x3C, 0x00], [0xFE, 0xFF, 0x00, 0x3C], [0xEF, 0xBB, 0xBF], [0xEF, 0xBB],
    ]
}
