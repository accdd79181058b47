import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Testing

@testable import Sandbox

@Suite("Edits that give a record values no platform should have")
struct OddValueTests {
    private struct Truth: Decodable {
        struct Row: Decodable {
            struct Lines: Decodable {
                var count: Int
                var sums: [String: String]
            }
            var key: String
            var fields: [String: String]
            var lines: [String: Lines]
        }
        var keys: [String]
        var sums: [String: String]
        var rows: [Row]
    }

    private func truth(_ fixture: SandboxFixture, _ entity: String) async throws -> Truth {
        let response = try await fixture.control(.get, "truth/\(entity)?keys=true&rows=true&drafts=with")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(Truth.self, from: Data(response.body.readableBytesView))
    }

    @Test("Two lines of one invoice get the same identifier, or all zeros")
    func sharedLines() async throws {
        try await SandboxFixture.run { (fixture: SandboxFixture) async throws in
            let keys = try await listed(fixture, "invoice.api/list?\(always)", "Invoices/Invoice/UUID")
            var found: (key: String, body: XMLCount)?
            for key in keys where found == nil {
                let body = try await fixture.body("/invoice.api/get/\(key)")
                if body["Invoice/Jobs/Job"] == 1, body["Invoice/Jobs/Job/Tasks/Task"] > 1 { found = (key, body) }
            }
            let invoice = try #require(found)
            let lines = invoice.body["Invoice/Jobs/Job/Tasks/Task"]
            for identifier in ["11111111-1111-4111-8111-111111111111", "00000000-0000-0000-0000-000000000000"] {
                let first = "Jobs/Job[1]/Tasks/Task[1]/UUID"
                let second = "Jobs/Job[1]/Tasks/Task[2]/UUID"
                try await fixture.control(
                    .post, "edit",
                    #"{"entity":"invoice","key":"\#(invoice.key)","set":{"\#(first)":"\#(identifier)","\#(second)":"\#(identifier)"}}"#
                )
                let all = try await fixture.body("/invoice.api/get/\(invoice.key)").all(
                    "Invoice/Jobs/Job/Tasks/Task/UUID")
                #expect(all.count { $0 == identifier } == 2 && all.count == lines)
                let row = try await truth(fixture, "invoice").rows.first { $0.key == invoice.key }
                #expect(row?.lines["invoice_task"]?.count == lines)
            }
        }
    }

    @Test("A record's identifier in another case, padded, or of 5,000 letters is its key in the truth, and found by it")
    func identifiers() async throws {
        try await SandboxFixture.run { (fixture: SandboxFixture) async throws in
            let key = try #require(try await listed(fixture, "client.api/list", "Clients/Client/UUID").first)
            var known = key
            for odd in [key.uppercased(), "  \(key) ", String(repeating: "a", count: 5000)] {
                let answer = try await fixture.control(
                    .post, "edit", #"{"entity":"client","key":"\#(known)","set":{"UUID":"\#(odd)"}}"#)
                #expect(answer.text.contains(odd))
                #expect(try await listed(fixture, "client.api/list", "Clients/Client/UUID").first == odd)
                let truth = try await truth(fixture, "client")
                #expect(truth.keys.contains(odd) && !truth.keys.contains(key))
                known = odd
            }
            #expect(try await fixture.body("/client.api/get/\(known)").all("Client/UUID") == [known])
            try await fixture.control(.post, "edit", #"{"entity":"client","key":"\#(known)","delete":true}"#)
            #expect(try await fixture.get("/client.api/get/\(known)").status == .notFound)
            #expect(try await !truth(fixture, "client").keys.contains(known))
        }
    }

    @Test("Amounts with an exponent count in the sums as numbers, and what is no number counts as nothing")
    func amounts() async throws {
        try await SandboxFixture.run { (fixture: SandboxFixture) async throws in
            let key = try #require(try await listed(fixture, "lead.api/list?\(always)", "Leads/Lead/UUID").first)
            func sum(_ text: String) async throws -> Money {
                try await fixture.control(
                    .post, "edit", #"{"entity":"lead","key":"\#(key)","set":{"EstimatedValue":\#(text)}}"#)
                let truth = try await truth(fixture, "lead")
                return try #require(truth.sums["lead.estimated_value"].flatMap { Money($0) })
            }
            let nothing = try await sum("null")
            #expect(try await sum(#""1E-05""#) == nothing)
            #expect(try await sum(#""1e3""#) - nothing == Money(cents: 100_000))
            #expect(try await sum(#""-2.5E-1""#) - nothing == Money(units: -2500))
            #expect(try await sum(#""a lot""#) == nothing)
            #expect(try await fixture.body("/lead.api/get/\(key)").all("Lead/EstimatedValue") == ["a lot"])
        }
    }

    @Test(
        "Dates that no calendar has are sent as they are, and the record stays in its window",
        arguments: ["0000-00-00", "2026-02-30", "2026-03-09T11:00:00Z"])
    func dates(text: String) async throws {
        try await SandboxFixture.run { (fixture: SandboxFixture) async throws in
            let window = "invoice.api/list?from=20260101&to=20261231"
            let key = try #require(try await listed(fixture, window, "Invoices/Invoice/UUID").first)
            let due = try await fixture.body("/invoice.api/get/\(key)").all("Invoice/Date")
            try await fixture.control(
                .post, "edit", #"{"entity":"invoice","key":"\#(key)","set":{"DueDate":"\#(text)","Date":"\#(text)"}}"#)
            let body = try await fixture.body("/invoice.api/get/\(key)")
            #expect(body.all("Invoice/Date") == [text] && body.all("Invoice/DueDate") == [text] && due != [text])
            #expect(try await listed(fixture, window, "Invoices/Invoice/UUID").contains(key))
        }
    }
}
