import Foundation
import Sandbox
import TestSupport
import Testing

@Suite("What the command says of itself", .database(.warehouse), .timeLimit(.minutes(5)))
struct HelpTests {
    @Test("Alone, the command lists its commands in groups, and says the next step for this machine")
    func alone() async throws {
        try await InflowFixture.run(connects: false) { fixture in
            let empty = try await fixture.inflow()
            #expect(empty.code == 0 && empty.error.isEmpty, "\(empty)")
            for group in ["Every day", "Set up", "When something is wrong", "Administration"] {
                #expect(empty.output.contains("\(group)\n"), "\(empty)")
            }
            #expect(empty.output.contains("Next: add an organisation: \"inflow connection add --help"), "\(empty)")
            for line in empty.output.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
            #expect(try await fixture.start(try fixture.addArguments("acme", withToken: false)).ending().code == 0)
            #expect(try await fixture.inflow().output.contains("Next: \"inflow authorise acme\""))
            let token = try fixture.file("refresh.txt", fixture.sandbox.configuration.refreshToken)
            #expect(
                try await fixture.inflow("connection", "authorise", "acme", "--refresh-token-file", token).code == 0)
            #expect(try await fixture.inflow().output.contains("Next: \"inflow sync acme\""))
            let away = try await fixture.inflow(environment: ["INFLOW_DATABASE_URL": "postgresql://127.0.0.1:1/x"])
            #expect(away.code == 0 && away.output.contains("Next: \"inflow doctor\". "), "\(away)")
            let fresh = try await fixture.inflow(
                environment: ["INFLOW_DATABASE_URL": "", "INFLOW_HOME": "\(fixture.folder)/new"])
            #expect(fresh.output.contains("Next: try it with invented records, \"inflow sandbox\""), "\(fresh)")
            #expect(!FileManager.default.fileExists(atPath: "\(fixture.folder)/new"), "looking changes nothing")
        }
    }

    @Test("A quiet command prints nothing when it ends well, and everything when it does not")
    func quiet() async throws {
        try await InflowFixture.run { fixture in
            let good = try await fixture.inflow("sync", "acme", "task", "--quiet")
            #expect(good.code == 0 && good.output.isEmpty && good.error.isEmpty, "\(good)")
            try await fixture.sandbox.fault("error_status", at: "/task.api", times: 2)
            let failed = try await fixture.inflow("sync", "acme", "task", "--quiet")
            #expect(failed.code == 1 && failed.output.contains("failed") && failed.error.contains("task"), "\(failed)")
            let usage = try await fixture.inflow("sync", "acme", "spanner", "--quiet")
            #expect(usage.code == 64 && usage.error.contains("spanner"), "\(usage)")
        }
    }

    @Test("The shell completes commands, connections and entities")
    func completion() async throws {
        try await InflowFixture.run { fixture in
            for shell in ["bash", "zsh", "fish"] {
                let script = try await fixture.inflow("--generate-completion-script", shell)
                #expect(script.code == 0 && script.output.contains("purchase_order"), "\(shell)")
            }
            let names = try await fixture.inflow(
                "---completion", "sync", "--", "positional@0", "2", "0", "inflow", "sync", "")
            #expect(names.code == 0 && names.output == "acme\n", "\(names)")
        }
    }

    @Test("Entities and days are taken as people write them, and the scope says what was meant")
    func names() async throws {
        try await InflowFixture.run { fixture in
            let plan = try await fixture.inflow(
                "sync", "acme", "Time", "invoices", "--from", "2026-02", "--to", "2026-02", "--plan")
            #expect(plan.code == 0 && plan.output.contains("2026-02-01 to 2026-02-28"), "\(plan)")
            #expect(plan.output.contains("timesheet") && plan.output.contains("invoice"), "\(plan)")
            let today = try await fixture.inflow("sync", "acme", "timesheets", "--from", "today", "--to", "today")
            #expect(today.code == 0 && today.output.contains("timesheet"), "\(today)")
            let status = try await fixture.inflow("status")
            #expect(
                status.output.contains("The warehouse takes ") && status.output.contains("MB on disk."), "\(status)")
        }
    }
}
