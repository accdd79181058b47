import Foundation
import Inflow
import TestSupport
import Testing

@testable import WorkflowMax

@Suite("No call asks for more than a year", .timeLimit(.minutes(5)))
struct YearTests {
    private typealias Answer = ScriptedServer.Answer

    private static var settings: ConnectionSettings {
        ConnectionSettings(
            accountID: "o", clientID: "c", timeZone: .gmt,
            firstDate: LocalDate(daysSinceEpoch: LocalDate.days(year: 2015, month: 2, day: 28)))
    }

    @Test(
        "Whatever a Sync All or a backfill asks for, first and last day are at most a year apart",
        arguments: WorkflowMax.entities)
    func everyPlan(entity: EntityDefinition) throws {
        let settings = Self.settings
        var state = SyncState()
        let all = RunPlan.syncAll([entity], settings, state: state, now: SourceFixture.noon)
        (state.watermarks[entity.name], state.readWhole[entity.name]) = (SourceFixture.noon, SourceFixture.noon)
        let daily = RunPlan.syncAll([entity], settings, state: state, now: SourceFixture.noon)
        let today = LocalDate(SourceFixture.noon, in: .gmt)
        var chunks = (all.parts + daily.parts).flatMap(\.chunks)
        if case .span = entity.window { chunks += RunPlan.allTime(settings, today: today) }
        for chunk in chunks {
            let plan = try RequestPlan(chunk, of: entity, settings: settings, today: today)
            let queries: [[RequestURL.Parameter]] =
                switch plan {
                case .list(_, let queries), .listThenEach(_, let queries, _): queries
                case .each: []
                }
            for query in queries {
                let days = query.filter { ["from", "to"].contains($0.name) }.compactMap { day($0.value) }
                guard days.count == 2 else { continue }
                #expect(days[1] < days[0].adding(months: 12), "\(entity.name), \(chunk): \(days[0]) to \(days[1])")
            }
        }
    }

    private func day(_ text: String) -> LocalDate? {
        let digits = Array(text)
        guard digits.count == 8 else { return nil }
        return LocalDate("\(String(digits[0..<4]))-\(String(digits[4..<6]))-\(String(digits[6..<8]))")
    }

    @Test("What changed is read year by year, all of it in one chunk, and a year that fails fails the chunk")
    func modifiedJobs() async throws {
        for isBroken in [false, true] {
            let fixture = try SourceFixture { request, before in
                if isBroken, before == 4 { return Answer(status: 400) }
                let year = request.head.split(separator: "from=").last?.prefix(4) ?? ""
                return .xml(
                    "<Page>1</Page><PageSize>1000</PageSize><TotalRecords>1</TotalRecords>"
                        + "<Jobs><Job><UUID>j\(year)</UUID><ID>J\(year)</ID></Job></Jobs>")
            }
            if isBroken {
                #expect(await fixture.failure(.job, .since(SourceFixture.noon))?.code == .badRequest)
            } else {
                let pulled = try await fixture.read(.job, .since(SourceFixture.noon))
                #expect(pulled.keys == (2017...2026).map { "j\($0)" })
                #expect(pulled.traffic.calls == 10)
                #expect(pulled.ordinals == Array(0..<10))
            }
            await fixture.stop()
        }
    }
}
