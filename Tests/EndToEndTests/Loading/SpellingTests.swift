import Inflow
import Sandbox
import Sync
import TestSupport
import Testing
import WorkflowMax

/// One way of spelling bodies, with a name for messages.
struct Spelling: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let spelling: SandboxSpelling

    private init(_ name: String, _ base: SandboxSpelling = SandboxSpelling(), _ change: (inout SandboxSpelling) -> Void)
    {
        var spelling = base
        change(&spelling)
        testDescription = name
        self.spelling = spelling
    }

    static let all = [
        Spelling("older generation, indented", .g2) { $0.indented = true },
        Spelling("minutes of the day, Yes and No, absent elements") {
            ($0.clock, $0.booleans, $0.empty, $0.instants) = (.minutesOfDay, .yesNo, .absent, .zulu)
            ($0.internalInvoiceUUID, $0.capitalPostCode, $0.unsorted) = (true, false, true)
        },
        Spelling("two decimals, true and false, empty pairs") {
            ($0.decimals, $0.booleans, $0.empty, $0.instants) = (2, .trueFalse, .pair, .fraction)
            ($0.nestedSupplier, $0.apiMethod) = (true, false)
        },
    ]
}

@Suite("Spellings of the platform", .database(.warehouse))
struct SpellingTests {
    @Test("However the bodies are spelled, the tables hold the same", arguments: Spelling.all)
    func spelled(spelling: Spelling) async throws {
        try await InflowFixture.run(RunningSandbox.small { $0.spelling = spelling.spelling }) { fixture in
            // A call for each time entry would be thousands.
            let entities = WorkflowMax.entities.filter { $0.name != "timesheet_custom_field" }
            let report = try await fixture.sync(try await fixture.everything(entities, inOne: true))
            #expect(report.outcome == .green, "\(report.error ?? "")")
            for entity in entities {
                // Quotes of the older generation have no identifier: their number is the key.
                let hasKeys = entity.name != "quote" || !spelling.spelling.quotesWithoutUUID
                try await fixture.expectTruth(entity, withKeys: hasKeys, "\(spelling.testDescription)")
            }
            #expect(try await fixture.count("inflow.drift") == 0)
        }
    }
}
