import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Testing

@testable import Sandbox

private let paths = [
    "/job.api/list?\(always)&detailed=true&pagesize=9999", "/invoice.api/list?\(always)&detailed=true",
    "/quote.api/list?\(always)&detailed=true", "/client.api/list?detailed=true", "/supplier.api/list?detailed=true",
    "/lead.api/list?\(always)&detailed=true", "/purchaseorder.api/list?\(always)&detailed=true",
    "/time.api/list?from=20261001&to=20261121", "/customfield.api/definition", "/staff.api/list",
]

@Suite("The spellings of a body")
struct SpellingTests {

    @Test("Every spelling is well-formed and holds the same rows", arguments: ["g2", "indented", "absent", "pair"])
    func spellings(name: String) async throws {
        let spelled = SandboxFixture.small { configuration in
            switch name {
            case "g2": configuration.spelling = .g2
            case "indented": configuration.spelling.indented = true
            case "absent": configuration.spelling.empty = .absent
            default: configuration.spelling.empty = .pair
            }
        }
        try await SandboxFixture.run { (usual: SandboxFixture) async throws in
            try await SandboxFixture.run(spelled) { (fixture: SandboxFixture) async throws in
                for path in paths {
                    let (body, same) = (try await fixture.body(path), try await usual.body(path))
                    for element in ["Jobs/Job", "Invoices/Invoice", "Clients/Client/Contacts/Contact", "Times/Time"] {
                        #expect(body[element] == same[element], "\(path)")
                    }
                }
            }
        }
    }

    @Test("Two decimals still add up")
    func twoDecimals() async throws {
        try await SandboxFixture.run(SandboxFixture.small { $0.spelling = .g2 }) {
            (fixture: SandboxFixture) async throws in
            let body = try await fixture.body("/quote.api/list?\(always)&detailed=true")
            let lines = ["Tasks/Task", "Costs/Cost"]
            for element in ["Amount", "AmountTax", "AmountIncludingTax"] {
                let sum = lines.reduce(Decimal(0)) { $0 + body.sum("Quotes/Quote/\($1)/\(element)") }
                #expect(sum == body.sum("Quotes/Quote/\(element)"))
            }
            #expect(body.all("Quotes/Quote/Amount").allSatisfy { $0.split(separator: ".").last?.count == 2 })
            #expect(body["Quotes/Quote/UUID"] == 0)
        }
    }

    @Test("Names, booleans and clocks follow the spelling")
    func names() async throws {
        let configuration = SandboxFixture.small { configuration in
            configuration.spelling.capitalWebURL = false
            configuration.spelling.capitalPostCode = false
            configuration.spelling.internalInvoiceUUID = true
            configuration.spelling.booleans = .yesNo
            configuration.spelling.clock = .minutesOfDay
            configuration.spelling.apiMethod = false
            configuration.spelling.bareJobCosts = true
        }
        try await SandboxFixture.run(configuration) { (fixture: SandboxFixture) async throws in
            let clients = try await fixture.get("/client.api/list").text
            #expect(clients.contains("<WebUrl>") && clients.contains("<Postcode>") && !clients.contains("api-method"))
            #expect(try await fixture.body("/invoice.api/list?\(always)")["Invoices/Invoice/InternalUUID"] > 0)
            let times = try await fixture.body("/time.api/list?\(always)")
            #expect(Set(times.all("Times/Time/Billable")) == ["Yes", "No"])
            #expect(times.all("Times/Time/Start").allSatisfy { Int($0) != nil })
            #expect(try await fixture.get("/job.api/costs/J000010").text.contains("<Costs>"))
            #expect(try await !fixture.get("/job.api/costs/J000010").text.contains("<Response"))
        }
    }

    @Test("A handful of notes hold a character XML forbids, unless switched off")
    func illegalCharacters() async throws {
        let path = "/job.api/list?\(always)&detailed=true&pagesize=9999"
        try await SandboxFixture.run(SandboxFixture.small { ($0.illegalCharacters, $0.scale) = (true, 0.3) }) {
            (fixture: SandboxFixture) async throws in
            let text = try await fixture.get(path).text
            #expect(text.contains("&#x1B;"))
            #expect(throws: XMLCount.NotWellFormed.self) { try XMLCount(Data(text.utf8)) }
        }
    }

    @Test("Nasty texts arrive as they were meant")
    func nastyTexts() async throws {
        try await SandboxFixture.run(SandboxFixture.small { $0.scale = 0.3 }) {
            (fixture: SandboxFixture) async throws in
            let notes = try await fixture.body("/time.api/list?\(always)").all("Times/Time/Note")
            for text in SampleText.nasty where text != "null" { #expect(notes.contains(text), "\(text)") }
            let long = try await fixture.body("/job.api/list?\(always)&detailed=true&pagesize=9999").all(
                "Jobs/Job/Notes/Note/Text")
            #expect(long.contains { $0.utf8.count > 90_000 })
        }
    }
}
