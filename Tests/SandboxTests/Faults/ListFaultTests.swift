import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Testing

@testable import Sandbox

@Suite("Lists whose rows, counters, names or identifiers are wrong")
struct ListFaultTests {
    @Test("A cut list ends at a round number and counts no more, with and without paging", arguments: [100, 500])
    func cutList(most: Int) async throws {
        try await SandboxFixture.run { (fixture: SandboxFixture) async throws in
            let path = "/time.api/list?\(always)"
            let all = try await fixture.body(path).all("Times/Time/UUID")
            try #require(all.count > 500)
            try await fixture.control(.post, "faults?kind=cut_list&match=/time.api&most=\(most)")
            #expect(try await fixture.body(path).all("Times/Time/UUID") == Array(all.prefix(most)))
            #expect(try await fixture.body(path).all("Times/Time/UUID") == all)
            #expect(try await toldKeys(fixture, "timesheet").count == all.count)
            try await fixture.control(.post, "faults?kind=cut_list&match=/job.api&most=25")
            let jobs = try await fixture.body("/job.api/list?\(always)&page=2&pagesize=20")
            #expect(jobs["Jobs/Job"] == 5 && jobs.all("TotalRecords") == ["25"])
            try await fixture.control(.post, "faults?kind=cut_list&match=/time.api&most=\(most)&spread=true")
            let spread = try await fixture.body(path).all("Times/Time/UUID")
            #expect(spread.count == most && spread != Array(all.prefix(most)) && Set(spread).isSubset(of: Set(all)))
        }
    }

    @Test("A detailed list may come without the lines")
    func headerOnly() async throws {
        try await SandboxFixture.run { (fixture: SandboxFixture) async throws in
            let path = "/invoice.api/list?\(always)&detailed=true"
            let whole = try await fixture.body(path)
            try #require(whole["Invoices/Invoice/Jobs/Job/Tasks/Task"] > 0)
            try await fixture.control(.post, "faults?kind=header_only&match=/invoice.api")
            let headers = try await fixture.body(path)
            #expect(headers.all("Invoices/Invoice/UUID") == whole.all("Invoices/Invoice/UUID"))
            #expect(headers["Invoices/Invoice/Jobs"] == 0 && headers["Invoices/Invoice/Tasks"] == 0)
        }
    }

    @Test("A full page may lack its total, and counters may be unreadable")
    func counters() async throws {
        try await SandboxFixture.run { (fixture: SandboxFixture) async throws in
            let path = "/client.api/list?page=1&pagesize=10"
            try await fixture.control(
                .post, "faults",
                #"[{"kind":"no_total"},{"kind":"unreadable_counters"},{"kind":"unreadable_counters","text":""}]"#)
            let first = try await fixture.body(path)
            #expect(first["Clients/Client"] == 10 && first["TotalRecords"] == 0 && first.all("PageSize") == ["10"])
            let second = try await fixture.body(path)
            for name in ["Page", "PageSize", "TotalRecords"] { #expect(second.all(name) == ["many"]) }
            #expect(try await fixture.body(path).all("TotalRecords") == [""])
            #expect(try await fixture.body(path).all("TotalRecords") != [""])
            try await fixture.control(.post, "faults?kind=unreadable_counters&match=/cost.api&text=1e9")
            #expect(try await fixture.body("/cost.api/list?page=1").all("Records") == ["1e9"])
        }
    }

    @Test(
        "The container or the record element has another name, and everything below is as it was",
        arguments: [
            ("time.api/list?\(always)", "Times/Time", "TimeList/Time", "Times/TimeItem"),
            ("staff.api/list", "StaffList/Staff", "Staffs/Staff", "StaffList/StaffItem"),
            ("client.api/list?page=1", "Clients/Client", "ClientList/Client", "Clients/ClientItem"),
        ])
    func renamed(path: String, usual: String, container: String, record: String) async throws {
        try await SandboxFixture.run { (fixture: SandboxFixture) async throws in
            let whole = try await fixture.body("/\(path)")
            try await fixture.control(.post, "faults", #"[{"kind":"renamed_container"},{"kind":"renamed_record"}]"#)
            for name in [container, record] {
                let other = try await fixture.body("/\(path)")
                #expect(other[usual] == 0)
                #expect(other.all("\(name)/UUID") == whole.all("\(usual)/UUID"))
                #expect(other.all("\(name)/Name") == whole.all("\(usual)/Name"))
                #expect(other.all("TotalRecords") == whole.all("TotalRecords"))
            }
        }
    }

    @Test("The new name can be chosen, also for a single record and for costs without an envelope")
    func chosenName() async throws {
        let configuration = SandboxFixture.small { $0.spelling.bareJobCosts = true }
        try await SandboxFixture.run(configuration) { (fixture: SandboxFixture) async throws in
            let key = try #require(try await listed(fixture, "task.api/list", "TaskList/Task/UUID").first)
            try await fixture.control(.post, "faults?kind=renamed_record&text=Activity")
            #expect(try await fixture.body("/task.api/get/\(key)").all("Activity/UUID") == [key])
            var job: String?
            for candidate in try await listed(fixture, "job.api/current", "Jobs/Job/ID") where job == nil {
                if try await fixture.get("/job.api/costs/\(candidate)").text.contains("<Cost>") { job = candidate }
            }
            let path = "/job.api/costs/\(try #require(job))"
            let usual = try await fixture.get(path).text
            try await fixture.control(
                .post, "faults", #"[{"kind":"renamed_container","text":"X"},{"kind":"renamed_record","text":"Y"}]"#)
            #expect(
                try await fixture.get(path).text
                    == usual.replacing("<Costs>", with: "<X>").replacing("</Costs>", with: "</X>"))
            #expect(
                try await fixture.get(path).text
                    == usual.replacing("<Cost>", with: "<Y>").replacing("</Cost>", with: "</Y>"))
        }
    }

    @Test("Rows may stand beside a status in any spelling, or none", arguments: ["Error", "ERROR", "Failed", ""])
    func statusSpelling(text: String) async throws {
        try await SandboxFixture.run { (fixture: SandboxFixture) async throws in
            let all = try await listed(fixture, "task.api/list", "TaskList/Task/UUID")
            try await fixture.control(.post, "faults", #"{"kind":"status_spelling","text":"\#(text)"}"#)
            let body = try await fixture.body("/task.api/list")
            #expect(body.all("Status") == (text.isEmpty ? [] : [text]))
            #expect(body.all("TaskList/Task/UUID") == all)
        }
    }

    @Test("Identifiers come in upper case or between blanks, in every element that holds one")
    func identifiers() async throws {
        try await SandboxFixture.run { (fixture: SandboxFixture) async throws in
            let path = "/time.api/list?\(always)"
            let paths = ["Times/Time/UUID", "Times/Time/Staff/UUID", "Times/Time/Task/UUID"]
            let usual = try await fixture.body(path)
            try await fixture.control(
                .post, "faults", #"[{"kind":"upper_identifiers"},{"kind":"padded_identifiers"}]"#)
            let upper = try await fixture.body(path)
            let padded = try await fixture.body(path)
            for place in paths {
                try #require(usual[place] > 0)
                #expect(upper.all(place) == usual.all(place).map { $0.uppercased() })
                #expect(padded.all(place) == usual.all(place).map { " \($0)\n " })
            }
            #expect(upper.all("Times/Time/Note") == usual.all("Times/Time/Note"))
        }
    }
}
