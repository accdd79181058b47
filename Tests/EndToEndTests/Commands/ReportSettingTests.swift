import Foundation
import Postgres
import Sandbox
import TestSupport
import Testing
import Warehouse

@Suite("13.1 inflow setting", .database(.warehouse), .timeLimit(.minutes(5)))
struct ReportSettingTests {
    @Test(
        "A file is exported, filled in, loaded, listed and seen in a report; a bad one changes nothing"
    )
    func journey() async throws {
        try await InflowFixture.run { fixture in
            #expect(try await fixture.inflow("sync", "acme", "staff", "job").code == 0)
            let empty = try await fixture.inflow("setting", "export", "acme", "staff-rate")
            #expect(empty.code == 0 && empty.output == "staff,valid_from,cost_rate,charge_rate\r\n", "\(empty)")
            let people = try await fixture.query("select uuid, btrim(name) from wfm.staff order by uuid").prefix(2)
            let names = try people.map { try #require($0[1].string) }
            let rows = names.map { "\"\($0)\",2020-01-01,50,150" }.joined(separator: "\n")
            let file = try fixture.file("rates.csv", empty.output + rows)
            let loaded = try await fixture.inflow("setting", "load", "acme", file)
            #expect(
                loaded.code == 0
                    && loaded.output
                        == "setting.staff_rate of \"acme\": 2 added, 0 changed, 0 unchanged, 0 removed.\n",
                "\(loaded)")
            let listed = try await fixture.inflow("setting", "list", "acme")
            for name in names { #expect(listed.output.contains(name), "\(listed)") }
            #expect(listed.output.contains("setting.leave_job has no rows of \"acme\"."), "\(listed)")
            let document = try await fixture.inflow("setting", "list", "acme", "staff_rate", "--json")
            #expect(document.output.contains("\"charge_rate\"") && document.output.contains("\"150\""), "\(document)")
            let rates = try await fixture.query(
                "select count(*) from report.staff_list where charge_rate = 150 and cost_rate = 50")
            #expect(rates[0][0].string == "2")

            let bad = try fixture.file("bad.csv", "job_number\nnone\n")
            let refused = try await fixture.inflow("setting", "load", "acme", bad, "--replace")
            #expect(refused.code == 1 && refused.output.isEmpty, "\(refused)")
            #expect(
                refused.error.contains("line 2: job_number: no job") && refused.error.contains("Nothing was changed"))
            for wrong in ["setting load acme /nowhere.csv", "setting export acme rates"] {
                let ending = try await fixture.start(wrong.split(separator: " ").map(String.init)).ending()
                #expect(ending.code == (wrong.contains("load") ? 1 : 64), "\(ending)")
            }
        }
    }
}
