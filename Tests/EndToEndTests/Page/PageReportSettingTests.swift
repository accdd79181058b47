import Foundation
import Inflow
import Postgres
import TestSupport
import Testing
import Warehouse

@Suite("Report settings on the page", .database(.warehouse), .timeLimit(.minutes(5)))
struct PageReportSettingTests {
    private static let page = "/connections/acme/report-settings"

    @Test("Rows are added, changed, loaded and removed in the tables, and the audit log says by whom, without amounts")
    func whole() async throws {
        try await InflowFixture.runWithBrowser(loading: false) { fixture, link, _ in
            _ = try await fixture.query(
                """
                insert into wfm.staff (
                    connection_id, uuid, name, first_run_id, changed_run_id, changed_at, asked_at, content_hash)
                values (1, 's1', 'Una Doe', 1, 1, now(), now(), ''), (1, 's2', '<i>Lee</i>', 1, 1, now(), now(), '')
                """)
            let file = try fixture.file("password.txt", "correct horse battery\n")
            for (name, role) in [("ann", "admin"), ("oli", "operator"), ("vic", "viewer")] {
                let added = try await fixture.inflow("user", "add", name, "--role", role, "--password-file", file)
                #expect(added.code == 0, "\(added)")
            }
            let browser = try await link.signingIn("oli", "correct horse battery")
            func rates() async throws -> [String] {
                try await fixture.query(
                    "select concat_ws(' ', staff_uuid, valid_from, cost_rate, charge_rate) as t from setting.staff_rate "
                        + "order by 1"
                ).texts("t")
            }
            let form = "\(Self.page)/staff_rate/row"
            #expect(try await browser.get(form).text.contains("<option value=\"&lt;i&gt;Lee&lt;/i&gt;\">"))
            func save(_ staff: String, _ day: String, _ cost: String, _ charge: String) async throws
                -> PageBrowser.Page
            {
                try await browser.post(
                    form, [("staff", staff), ("valid_from", day), ("cost_rate", cost), ("charge_rate", charge)],
                    from: form)
            }
            #expect(try await save("una doe", "2026-01-01", "50", "150").location == "\(Self.page)?done=saved")
            #expect(try await save("Una Doe", "2026-01-01", "51.5", "").location == "\(Self.page)?done=saved")
            let unknown = try await save("Nobody", "2026-01-01", "1", "1")
            #expect(unknown.status == 422 && unknown.plain.contains("called \"Nobody\""), "\(unknown.plain)")
            #expect(try await rates() == ["s1 2026-01-01 51.5000"])

            let loaded = try await browser.post(
                "\(Self.page)/load",
                [("text", "staff,valid_from,cost_rate,charge_rate\r\ns2,2026-03-01,7,8\r\nUna Doe,2026-02-01,1,2\r\n")],
                from: Self.page)
            #expect(
                loaded.plain.contains(
                    "2 added, 0 changed, 0 unchanged, 0 removed. 1 rows that are not in the file stay."),
                "\(loaded.plain)")
            #expect(loaded.text.contains("&lt;i&gt;Lee&lt;/i&gt;") && !loaded.text.contains("<i>Lee"))
            let refused = try await browser.post(
                "\(Self.page)/load", [("text", "state\r\nNever heard of"), ("replace", "1")], from: Self.page)
            #expect(refused.status == 422 && refused.plain.contains("line 2: state: no job is or can be in"))

            // As the page shows it: also a person whom no table knows any more can be removed.
            _ = try await fixture.query("delete from wfm.staff where uuid = 's2'")
            let row = try await browser.get("\(form)?staff=s2&valid_from=2026-03-01")
            #expect(row.status == 200 && row.text.contains("value=\"s2\""), "\(row.plain)")
            let key = [("staff", "s2"), ("valid_from", "2026-03-01")]
            let gone = try await browser.post("\(Self.page)/staff_rate/remove", key, from: form)
            #expect(gone.location == "\(Self.page)?done=removed")
            #expect(try await browser.post("\(Self.page)/staff_rate/remove", key, from: form).status == 404)
            #expect(try await rates() == ["s1 2026-01-01 51.5000", "s1 2026-02-01 1.0000 2.0000"])

            let viewer = try await link.signingIn("vic", "correct horse battery")
            #expect(try await viewer.get(Self.page).text.contains("Una Doe"))
            for path in ["load", "staff_rate/row", "staff_rate/remove"] {
                let answer = try await viewer.post(
                    "\(Self.page)/\(path)",
                    [("text", "job_number"), ("replace", "1"), ("staff", "s1"), ("valid_from", "2026-01-01")],
                    from: Self.page)
                #expect(answer.status == 403, "\(path): \(answer.status)")
            }
            #expect(try await rates().count == 2)

            let log = try await AuditLog(fixture.warehouse).list(connection: "acme", limit: 99).reversed()
                .filter { $0.subject == "staff_rate" }
            #expect(
                log.map(\.action) == [
                    .reportSettingSaved, .reportSettingSaved, .reportSettingsLoaded, .reportSettingRemoved,
                ])
            #expect(log.allSatisfy { $0.doer.actor.name == "oli" && $0.doer.address == "127.0.0.1" })
            #expect(
                log.map(\.details) == [
                    ["staff": "una doe", "valid_from": "2026-01-01", "outcome": "added"],
                    ["staff": "Una Doe", "valid_from": "2026-01-01", "outcome": "changed"],
                    ["added": "2", "changed": "0", "removed": "0"], ["staff": "s2", "valid_from": "2026-03-01"],
                ])
        }
    }

    @Test("The dictionary has every table, view and column that the connection's reader may read, and no other")
    func dictionary() async throws {
        try await InflowFixture.runWithBrowser(loading: false) { fixture, browser, _ in
            let page = try await browser.get("/connections/acme/dictionary")
            #expect(page.status == 200)
            let relations = try await ShownRelation.all(of: fixture.connection, in: fixture.warehouse)
            #expect(relations.count > 60)
            for relation in relations {
                #expect(page.text.contains("<h3 id=\"\(relation.fullName)\">"), "\(relation.fullName)")
            }
            #expect(page.text.components(separatedBy: "<h3 id=").count - 1 == relations.count)
            let columns = page.text.components(separatedBy: "<td><code>").count - 1
            #expect(columns == relations.map(\.columns.count).reduce(0, +))
            #expect(page.plain.contains("which records contradict themselves or each other?"))
        }
    }
}
