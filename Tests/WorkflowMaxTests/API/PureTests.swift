import Curl
import Foundation
import Inflow
import Testing

@testable import WorkflowMax

@Suite("Addresses, dates and claims")
struct PureTests {
    @Test(
        "Identifiers are percent-encoded",
        arguments: [
            ("J000417", "J000417"), ("Q000512/1", "Q000512%2F1"), ("a b+c&d=é", "a%20b%2Bc%26d%3D%C3%A9"),
            ("..", "%2E%2E"), ("v1.2", "v1.2"), ("?#%", "%3F%23%25"), ("", ""),
        ])
    func encoding(text: String, encoded: String) {
        #expect(RequestURL.encode(text) == encoded)
    }

    @Test("An address is base, path and query")
    func addresses() {
        let query = [RequestURL.Parameter(name: "from", value: "20261001"), .init(name: "x", value: "a/b")]
        #expect(
            RequestURL.of(base: "https://h/", path: "job.api/get/{key}", key: "J/1", query: query)
                == "https://h/job.api/get/J%2F1?from=20261001&x=a%2Fb")
        #expect(
            RequestURL.of(base: "https://h", path: "staff.api/list", key: nil, query: []) == "https://h/staff.api/list")
        #expect(RequestURL.of(base: "https://h?a=b", path: "staff.api/list", key: nil, query: []) == nil)
        #expect(RequestURL.of(base: "", path: "staff.api/list", key: nil, query: []) == nil)
    }

    @Test(
        "Retry-After is seconds or a date, and at most a day",
        arguments: [
            ("30", nil, 30), ("0", nil, 1), ("-5", nil, 1), ("66975", nil, 66_975), ("soon", nil, nil),
            ("Sat, 21 Nov 2026 12:00:42 GMT", nil, 42),
            ("Sat, 21 Nov 2026 12:00:42 GMT", "Sat, 21 Nov 2026 11:59:42 GMT", 60),
            ("Sat, 21 Nov 2026 11:00:00 GMT", nil, 1), ("Sat, 31 Feb 2026 11:00:00 GMT", nil, nil),
            ("99999999999999", nil, 86_400), ("90000", nil, 86_400), ("Tue, 24 Nov 2026 12:00:00 GMT", nil, 86_400),
        ] as [(String, String?, Int?)])
    func retryAfter(text: String, date: String?, seconds: Int?) {
        let headers = CurlHeaders([("retry-after", text)] + (date.map { [("Date", $0)] } ?? []))
        #expect(RetryAfter.seconds(in: headers, at: SourceFixture.noon) == seconds)
    }

    @Test(
        "The organisations of a token are read from its payload",
        arguments: [
            (#"{"org_ids":["a","b"],"org_id":"c"}"#, ["a", "b"]), (#"{"org_id":"c"}"#, ["c"]),
            (#"{"org_ids":[12]}"#, ["12"]), (#"{"org_ids":"a"}"#, ["a"]), (#"{"org_ids":[],"org_id":7}"#, ["7"]),
            (#"{"sub":"ÿþ>>??"}"#, []), ("no json", []),
        ])
    func claims(payload: String, identifiers: [String]) {
        let encoded = Data(payload.utf8).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
        #expect(Authorisation.organisations(in: "e30.\(encoded).c2ln").map(\.id) == identifiers)
        #expect(Authorisation.organisations(in: encoded) == [])
    }

    @Test("A chunk becomes the query its endpoint takes")
    func courses() throws {
        var settings = ConnectionSettings(
            accountID: "o", clientID: "c", timeZone: .gmt,
            firstDate: LocalDate(daysSinceEpoch: LocalDate.days(year: 2017, month: 1, day: 1)))
        let today = LocalDate(SourceFixture.noon, in: .gmt)
        func query(_ chunk: Chunk, _ entity: EntityDefinition) throws -> String {
            guard case .list(_, let queries) = try RequestPlan(chunk, of: entity, settings: settings, today: today)
            else {
                return "not a list"
            }
            return queries.map { RequestURL.form($0) }.joined(separator: " ")
        }
        let window = try #require(Window(first: today.startOfMonth, last: today))
        #expect(try query(.span(window), .invoice) == "from=20261101&to=20261121")
        #expect(try query(.since(SourceFixture.noon), .client) == "modifiedsince=2026-11-21T12%3A00%3A00")
        #expect(
            try query(.since(SourceFixture.noon), .job)
                == (2017...2026).map { year in
                    "modifiedsinceutc=2026-11-21T00%3A00%3A00&from=\(year)0101&to=\(year)\(year == 2026 ? "1130" : "1231")"
                }.joined(separator: " "))
        #expect(try query(.whole, .staff) == "")
        #expect(try query(.sweep(EntityDefinition.invoice.sweeps[0]), .invoice) == "")
        for (chunk, entity) in [
            (Chunk.span(window), EntityDefinition.staff), (.since(SourceFixture.noon), .invoice), (.whole, .invoice),
            (.whole, .jobStatus), (.parents(["x"]), .jobCategory),
        ] {
            let error = #expect(throws: SourceError.self) { try query(chunk, entity) }
            #expect(error?.code == .badConfiguration)
        }
        settings.jobStatusList = true
        #expect(try query(.whole, .jobStatus) == "")
    }

    @Test("Every definition is sound", arguments: WorkflowMax.entities)
    func definitions(entity: EntityDefinition) {
        #expect(entity.faults() == [])
    }

    @Test("A name is there once, and entities come after those they name")
    func catalogue() {
        let names = WorkflowMax.entities.map(\.name)
        #expect(Set(names).count == names.count)
        let ordered = EntityDefinition.order(WorkflowMax.entities.reversed()).map(\.name)
        #expect(ordered.count == names.count)
        for entity in WorkflowMax.entities {
            for other in entity.after {
                #expect(ordered.firstIndex(of: other).map { $0 < ordered.firstIndex(of: entity.name) ?? 0 } == true)
            }
        }
    }

    @Test("The faults of a bad definition are listed")
    func badDefinition() {
        let bad = EntityDefinition(
            "Bad", .reference, summary: "Bad.", endpoint: Endpoint("/x"), readEach: true,
            window: .span(.init(from: "from", to: "to", on: "nowhere")), table: "bad", key: ["uuid", "none"],
            columns: [.text("uuid", at: "UUID"), .text("uuid", at: ""), .position()],
            children: [
                Child(
                    at: "L/L", table: "wfm.line", key: ["line"], summary: "A line.",
                    columns: [.parent("bad_uuid", "uid"), .text("line", at: "Line")])
            ])
        let faults = bad.faults().joined(separator: "\n")
        for words in [
            "not a name", "no schema", "is there twice", "\"none\" of bad is not a column", "is not required",
            "has no path", "kind that only lines have", "copies a column", "does not copy the whole key",
            "names no items", "not a path below", "no call for one", "\"nowhere\", which is not a column",
        ] {
            #expect(faults.contains(words))
        }
    }
}
