import Foundation
import TestSupport
import Testing

@Suite("The page in a browser: how it looks", .database(.warehouse), .timeLimit(.minutes(15)))
struct LookTests {
    private static let widths = [360, 768, 1_440]

    /// A page too long for a picture of all of it.
    private static let longest = "/connections/acme/dictionary"

    /// The pages of one connection, and those of the server.
    private static let pages = [
        "/", "/new-connection", "/users", "/audit", "/nowhere", "/connections/acme", "/connections/acme/authorise",
        "/connections/acme/runs", "/connections/acme/runs/1", "/connections/acme/backfill",
        "/connections/acme/coverage", "/connections/acme/deletions", "/connections/acme/rejections?all=1",
        "/connections/acme/quality", "/connections/acme/drift", "/connections/acme/requests",
        "/connections/acme/settings", "/connections/acme/alerts", "/connections/acme/credentials",
        "/connections/acme/summaries", "/connections/acme/charts", "/connections/acme/tables",
        "/connections/acme/tables/wfm.job", "/connections/acme/query", "/connections/acme/report-settings",
        "/connections/acme/report-settings/staff_capacity/row", LookTests.longest,
    ]

    /// What axe-core finds that keeps people out, one line for each rule; empty where nothing does.
    ///
    /// Of the dictionary, whose tables are all made alike, it looks at the first: all of them take it minutes.
    private static let check = """
        const first = ["body > header", "main > p", "main nav", ".dictionary > :nth-child(-n+30)"];
        const looked = document.querySelector(".dictionary") ? { include: first.map(s => [s]) } : document;
        const found = await axe.run(looked, { resultTypes: ["violations"] });
        return found.violations.filter(v => ["serious", "critical"].includes(v.impact))
          .map(v => v.id + ": " + v.nodes.map(n => n.target.join(" ")).slice(0, 5).join(", ")).join("\\n");
        """

    @Test("Each page at three widths, light and dark: nothing is wider than the window, and axe finds nothing serious")
    func pages() async throws {
        let axe = try String(contentsOfFile: try LookTests.axe(), encoding: .utf8)
        let folder = ProcessInfo.processInfo.environment["INFLOW_PICTURES"] ?? "/tmp/inflow-pictures"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try await InflowFixture.run { fixture in
            try await fixture.sync(try await fixture.syncAllPlan())
            let server = try await fixture.page()
            try await WebDriver.run { browser in
                try await browser.open(server.link)
                for page in Self.pages {
                    try await browser.open(server.address + page)
                    let name = page.map { $0.isLetter || $0.isNumber ? String($0) : "-" }.joined()
                    for (width, isDark) in Self.widths.flatMap({ [($0, false), ($0, true)] }) {
                        try await browser.look(width: width, isDark: isDark)
                        let wide = try await browser.text("document.documentElement.scrollWidth")
                        #expect(Int(wide) ?? 0 <= width, "\(page) is \(wide) wide in a window of \(width)")
                        let picture = "\(folder)/page\(name)-\(width)\(isDark ? "-dark" : "").png"
                        if page != Self.longest {
                            try await browser.picture().write(to: URL(fileURLWithPath: picture))
                        }
                        guard isDark ? width == 360 : width == 1_440 else { continue }
                        _ = try await browser.text("(window.axe ? '' : (() => { \(axe); return ''; })())")
                        let faults = try await browser.promised(Self.check)
                        #expect(faults.isEmpty, "\(page) at \(width)\(isDark ? ", dark" : ""):\n\(faults)")
                    }
                }
            }
            server.daemon.interrupt()
            _ = await server.daemon.ending()
        }
    }

    /// The script of axe-core, which `scripts/test` fetches.
    private static func axe() throws -> String {
        try #require(
            ProcessInfo.processInfo.environment["INFLOW_AXE"],
            "INFLOW_AXE must name axe.min.js. scripts/test takes it out of a Python package.")
    }
}
