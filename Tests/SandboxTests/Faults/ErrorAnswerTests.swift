import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Testing

@testable import Sandbox

@Suite("Errors and empty answers instead of a record or a list")
struct ErrorAnswerTests {
    private static let error = "<Response><Status>ERROR</Status><ErrorDescription>"

    @Test(
        "A read by key gives an error that says nothing about the key",
        arguments: [
            (#""kind":"generic_error""#, 200, error + "An unknown error has occurred</ErrorDescription></Response>"),
            (
                #""kind":"generic_error","status":400,"text":"Unable to find database connection""#, 400,
                error + "Unable to find database connection</ErrorDescription></Response>"
            ),
            (
                #""kind":"generic_error","status":500,"spelling":"Failed""#, 500,
                "<Response><Status>Failed</Status><ErrorDescription>An unknown error has occurred"
                    + "</ErrorDescription></Response>"
            ),
            (
                #""kind":"generic_error","text":"No {identifier} & co""#, 200,
                error + "No KEY &amp; co</ErrorDescription></Response>"
            ),
            (#""kind":"no_route""#, 404, #"{"message":"no Route matched"}"#),
            (#""kind":"empty_404""#, 404, ""),
            (#""kind":"bare_ok""#, 200, "<Response><Status>OK</Status></Response>"),
            (#""kind":"empty_container""#, 200, "<Response><Status>OK</Status><Invoices/></Response>"),
            (
                #""kind":"error_description""#, 200,
                "<Response><ErrorDescription>down for maintenance</ErrorDescription></Response>"
            ),
            (#""kind":"status_attribute""#, 200, #"<Response status="ERROR"/>"#),
            (#""kind":"empty_response""#, 200, "<Response/>"),
            (
                #""kind":"nul_error""#, 500,
                error + "A\0\0B</ErrorDescription></Response>\0The server has no words for this.\0"
            ),
            (#""kind":"answer","status":418,"body":"<Tea of=\"{identifier}\"/>""#, 418, #"<Tea of="KEY"/>"#),
        ])
    func readByKey(fault: String, status: Int, body: String) async throws {
        try await SandboxFixture.run { (fixture: SandboxFixture) async throws in
            let path = "invoice.api/list?\(always)"
            let key = try #require(try await listed(fixture, path, "Invoices/Invoice/UUID").first)
            let truth = try await toldKeys(fixture, "invoice")
            try await fixture.control(.post, "faults", #"{"match":"/invoice.api/get",\#(fault)}"#)
            let response = try await fixture.get("/invoice.api/get/\(key)")
            #expect(response.status.code == status)
            #expect(response.text == body.replacing("KEY", with: key))
            #expect(try await toldKeys(fixture, "invoice").keys == truth.keys)
            #expect(try await fixture.body("/invoice.api/get/\(key)")["Invoice"] == 1)
        }
    }

    @Test(
        "A key that does not exist gets one form, which names the key, at every endpoint that reads by key",
        arguments: [
            "job.api/get", "job.api/costs", "job.api/client", "job.api/staff", "job.api/documents", "time.api/get",
            "time.api/job", "time.api/staff", "invoice.api/get", "invoice.api/payments", "invoice.api/job",
            "quote.api/get", "purchaseorder.api/get", "purchaseorder.api/job", "lead.api/get", "client.api/get",
            "client.api/contact", "client.api/documents", "clientgroup.api/get", "supplier.api/get",
            "supplier.api/contact", "staff.api/get", "task.api/get", "cost.api/get",
        ])
    func unknownKey(endpoint: String) async throws {
        let key = "00000000-0000-4000-8000-00000000abcd"
        try await SandboxFixture.run { (fixture: SandboxFixture) async throws in
            let named = ErrorAnswerTests.error + "Nothing is known by \(key).</ErrorDescription></Response>"
            let first = try await fixture.get("/\(endpoint)/\(key)")
            #expect(first.status == .notFound && first.text == named)
            try await fixture.control(.post, "switches", #"{"unknownIsStatusError":true,"unknownIsUnnamed":true}"#)
            let second = try await fixture.get("/\(endpoint)/\(key)")
            #expect(second.status == .ok)
            #expect(
                second.text == ErrorAnswerTests.error + "The record could not be found.</ErrorDescription></Response>")
        }
    }

    @Test("The answer to an unknown quote number keeps the number's slash, and markup in a key is harmless")
    func oddKeys() async throws {
        try await SandboxFixture.run { (fixture: SandboxFixture) async throws in
            #expect(try await fixture.get("/quote.api/get/Q999999%2F1").text.contains("by Q999999/1.<"))
            #expect(try await fixture.get("/quote.api/get/%3Cb%3E").text.contains("by &lt;b&gt;.<"))
        }
    }

    @Test("A key that exists can be denied in the platform's own words")
    func deniedKey() async throws {
        try await SandboxFixture.run { (fixture: SandboxFixture) async throws in
            let key = try #require(try await listed(fixture, "client.api/list", "Clients/Client/UUID").first)
            try await fixture.control(.post, "faults", #"{"kind":"unknown_key","match":"/client.api/get","times":2}"#)
            let response = try await fixture.get("/client.api/get/\(key)")
            #expect(response.status == .notFound && response.text.contains("Nothing is known by \(key)."))
            #expect(try await fixture.get("/client.api/get/\(key)/customfield").text.contains("known by \(key)."))
            #expect(try await fixture.get("/client.api/get/\(key)").status == .ok)
        }
    }

    @Test(
        "A forbidden list stays forbidden, alone, until its fault is taken back",
        arguments: [
            ("forbidden", #"{"message":"Lead Manager is not enabled"}"#),
            ("forbidden_xml", error + "Lead Manager is not enabled</ErrorDescription></Response>"),
        ])
    func forbidden(kind: String, body: String) async throws {
        try await SandboxFixture.run { (fixture: SandboxFixture) async throws in
            try await fixture.control(.post, "faults?kind=\(kind)&match=/lead.api&times=-1")
            try await fixture.control(.post, "faults?kind=status503&match=/task.api&times=-1")
            for path in ["/lead.api/list?\(always)", "/lead.api/current", "/lead.api/list?\(always)"] {
                let response = try await fixture.get(path)
                #expect(response.status == .forbidden && response.text == body)
            }
            #expect(try await fixture.get("/staff.api/list").status == .ok)
            try await fixture.control(.delete, "faults?match=/lead.api")
            #expect(try await fixture.get("/lead.api/current").status == .ok)
            #expect(try await fixture.get("/task.api/list").status == .serviceUnavailable)
            try await fixture.control(.delete, "faults?kind=status503")
            #expect(try await fixture.get("/task.api/list").status == .ok)
        }
    }

    @Test("Retry-After is seconds, a date, or by mistake an instant, with 429 and with 503")
    func retryAfter() async throws {
        let configuration = SandboxFixture.small { $0.now = { Date(timeIntervalSince1970: 1_800_000_000) } }
        try await SandboxFixture.run(configuration) { (fixture: SandboxFixture) async throws in
            let faults = [
                #"{"kind":"status503","retryAfter":3600}"#, #"{"kind":"status503"}"#,
                #"{"kind":"status429","retryAfter":30,"asEpoch":true}"#,
                #"{"kind":"status429","retryAfter":30,"asDate":true}"#, #"{"kind":"status429","retryAfter":null}"#,
            ]
            try await fixture.control(.post, "faults", "[\(faults.joined(separator: ","))]")
            var told: [String?] = []
            for _ in faults { told.append(try await fixture.get("/staff.api/list").headers[.retryAfter]) }
            #expect(told == ["3600", nil, "1800000030", "Fri, 15 Jan 2027 08:00:30 GMT", nil])
        }
    }
}
