import Sandbox
import Foundation
import TestSupport
import Testing
import Warehouse

/// A sync that is asked for wrongly.
struct Misuse: Sendable, CustomTestStringConvertible {
    let arguments: [String]
    /// What the words name.
    let words: [String]

    var testDescription: String { arguments.joined(separator: " ") }

    init(_ arguments: String, _ words: String...) {
        self.arguments = arguments.split(separator: " ").map(String.init)
        self.words = words
    }
}

@Suite("The command's words and exit codes", .database(.warehouse), .timeLimit(.minutes(5)))
struct UsageTests {
    private struct Failure: Decodable {
        struct Told: Decodable { let message: String, exitCode: Int }
        let error: Told
    }

    private struct Run: Decodable {
        struct Part: Decodable { let entity: String, status: String, inserted: Int }
        let run: Int, outcome: String, exitCode: Int, pulled: Int, inserted: Int, calls: Int
        let entities: [Part]
        let error: String?
    }

    static let misuses = [
        Misuse("sync acme invocies", "There is no entity \"invocies\".", "Did you mean invoice?"),
        Misuse(
            "reconcile acme contacts", "means several entities", "supplier_contact_custom_field", "Nothing was read"),
        Misuse("why acme spanner 1", "There is no entity \"spanner\".", "invoice"),
        Misuse("sync acme invoice --from 2026-03-31 --to 2026-03-01", "2026-03-31", "2026-03-01", "Nothing was read"),
        Misuse("sync acme staff --from 2026-03-01", "\"staff\"", "without dates", "Nothing was read"),
        Misuse("sync acme invoice --to 2026-03-01", "--to needs --from", "Nothing was read"),
        Misuse("entities show invoicee", "There is no entity \"invoicee\".", "invoice"),
    ]

    @Test("Wrong usage is an error in words with exit code 64, and no call is made")
    func misuse() async throws {
        try await InflowFixture.run { fixture in
            let before = try await fixture.sandbox.tokenRequests()
            for misuse in Self.misuses {
                let ending = try await fixture.start(misuse.arguments).ending()
                #expect(ending.code == 64 && ending.output.isEmpty, "\(misuse.testDescription): \(ending)")
                for words in misuse.words { #expect(ending.error.contains(words), "\(ending)") }
            }
            let level = try await fixture.inflow("counts", "acme", environment: ["INFLOW_LOG_LEVEL": "loud"])
            #expect(level.code == 64 && level.error.contains("INFLOW_LOG_LEVEL is \"loud\""), "\(level)")
            let unread = try await fixture.inflow("sync", "acme", "invoice", "--from", "2026-02-31")
            #expect(unread.code == 64 && unread.error.contains("2026-02-31"), "\(unread)")
            #expect(try await fixture.sandbox.tokenRequests() == before)
            #expect(try await fixture.count("inflow.run") == 0)
        }
    }

    @Test("With --json standard output is one document and nothing else, also when something fails")
    func json() async throws {
        try await InflowFixture.run { fixture in
            let good = try await fixture.inflow("sync", "acme", "task", "staff", "--json")
            let run = try good.json(Run.self)
            #expect(good.code == 0 && run.exitCode == 0 && run.outcome == "green")
            #expect(run.entities.map(\.entity) == ["staff", "task"] && run.inserted == run.pulled && run.calls == 2)
            #expect(good.error.contains("Run 1: 2 entities."), "progress goes to standard error: \(good)")

            let usage = try await fixture.inflow("sync", "acme", "invoicee", "--json")
            #expect(usage.code == 64)
            #expect(try usage.json(Failure.self).error.exitCode == 64)
            let unknown = try await fixture.inflow("counts", "nobody", "--json")
            #expect(unknown.code == 1)
            #expect(try unknown.json(Failure.self).error.message.contains("There are: \"acme\"."))

            try await fixture.sandbox.fault("error_status", at: "/task.api", times: 2)
            let failed = try await fixture.inflow("sync", "acme", "task", "--json")
            #expect(failed.code == 1)
            let told = try failed.json(Run.self)
            #expect(told.outcome == "failed" && told.exitCode == 1 && told.error?.contains("unexpected") == true)
            for command in ["counts", "runs", "rejections", "drift", "quality", "connection show"] {
                let ending = try await fixture.start(
                    command.split(separator: " ").map(String.init) + ["acme", "--json"]
                )
                .ending()
                #expect(ending.code == 0 && ending.error.isEmpty, "\(ending)")
                #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(ending.output.utf8)) }
            }
        }
    }

    @Test("Each outcome of a sync has its exit code and its words")
    func outcomes() async throws {
        try await InflowFixture.run { fixture in
            let key = try await fixture.sandbox.row("cost", where: \.hasUnitCost).key
            try await fixture.sandbox.edit("cost", key, "UnitCost", "12,x")
            let rejected = try await fixture.inflow("sync", "acme", "cost")
            #expect(rejected.code == 3 && rejected.output.contains("with rejected records"), "\(rejected)")
            let list = try await fixture.inflow("rejections", "acme")
            for words in ["12,x", "wfm.cost.unit_cost", "not a number", key] {
                #expect(list.output.contains(words), "\(list)")
            }
            try await fixture.sandbox.fault("status429", at: "/task.api", more: #""retryAfter":3600"#)
            let spent = try await fixture.inflow("sync", "acme", "task")
            #expect(spent.code == 4 && spent.output.contains("quota"), "\(spent)")
            let runs = try await fixture.inflow("runs", "acme")
            #expect(runs.output.contains("rejections") && runs.output.contains("quota"), "\(runs)")
        }
    }

    @Test("A warehouse that cannot be reached is an error of one sentence with exit code 1", arguments: [false, true])
    func unreachable(json: Bool) async throws {
        try await InflowFixture.run(connects: false) { fixture in
            let ending = try await fixture.start(
                ["counts", "acme"] + (json ? ["--json"] : []),
                ["INFLOW_DATABASE_URL": "postgresql://somebody:hush-hush@127.0.0.1:1/nowhere"]
            ).ending()
            #expect(ending.code == 1)
            let words = json ? try ending.json(Failure.self).error.message : ending.error
            #expect(words.contains("127.0.0.1") && words.contains("refused"), "\(ending)")
            #expect(!words.contains("hush-hush"))
            #expect(ending.errorLines.count == (json ? 0 : 1), "\(ending)")
        }
    }

    @Test("The configuration file speaks where the environment is silent, and is an error when it cannot be read")
    func configurationFile() async throws {
        try await InflowFixture.run { fixture in
            let environment = ["PATH": "/usr/bin:/bin", "INFLOW_HOME": fixture.folder]
            let url = fixture.url.replacing("\"", with: "")
            _ = try fixture.file(
                "config.json", #"{"inflow": {"database": {"url": "\#(url)"}, "log": {"level": "trace"}}}"#)
            let sync = try await InflowProcess(["sync", "acme", "task"], environment: environment).ending()
            #expect(sync.code == 0, "\(sync)")
            #expect(try await fixture.count("wfm.task") > 0)
            _ = try fixture.file("config.json", "{")
            let broken = try await InflowProcess(["counts", "acme"], environment: environment).ending()
            #expect(broken.code == 1 && broken.error.contains("cannot read the configuration file"), "\(broken)")
        }
    }

    @Test("Migrate works twice, and says the second time that nothing was to do", .database)
    func migrate() async throws {
        try await InflowFixture.run(url: try TestDatabase.current.url, connects: false) { fixture in
            let early = try await fixture.inflow("counts", "acme")
            #expect(early.code == 1 && early.error.contains("Run \"inflow migrate\"."), "\(early)")
            let doctor = try await fixture.inflow("doctor")
            #expect(doctor.code == 1 && doctor.output.contains("fault  The warehouse lacks"), "\(doctor)")
            let first = try await fixture.inflow("migrate")
            #expect(first.code == 0 && first.output.contains("Applied: "), "\(first)")
            let second = try await fixture.inflow("migrate")
            #expect(second.code == 0 && second.output == "The warehouse is up to date.\n", "\(second)")
        }
    }

    @Test("11.18 Where nothing was read there is nothing to reconcile, which is no fault", arguments: [[], ["--json"]])
    func nothingToReconcile(arguments: [String]) async throws {
        try await InflowFixture.run { fixture in
            let ending = try await fixture.start(["reconcile", "acme"] + arguments).ending()
            #expect(ending.code == 0, "\(ending)")
            #expect(ending.output.contains(arguments.isEmpty ? "Nothing to reconcile" : "\"run\" : 0"), "\(ending)")
            #expect(try await fixture.count("inflow.run") == 0)
        }
    }

    @Test("Doctor says what is missing with exit code 1, and ends with 0 when nothing is")
    func doctor() async throws {
        try await InflowFixture.run(connects: false) { fixture in
            let empty = try await fixture.inflow("doctor")
            #expect(empty.code == 1 && empty.output.contains("fault  there is no connection yet"), "\(empty)")
            let add = try await fixture.start(try fixture.addArguments("acme", withToken: false)).ending()
            #expect(add.code == 0, "\(add)")
            let unauthorised = try await fixture.inflow("doctor")
            #expect(unauthorised.code == 1, "\(unauthorised)")
            #expect(
                unauthorised.output.contains("fault  \"acme\" has no usable tokens; run \"inflow authorise acme\""),
                "\(unauthorised)")

            let token = try fixture.file("refresh.txt", fixture.sandbox.configuration.refreshToken)
            let authorise = try await fixture.inflow("connection", "authorise", "acme", "--refresh-token-file", token)
            #expect(authorise.code == 0, "\(authorise)")
            try FileManager.default.setAttributes([.posixPermissions: 0o666], ofItemAtPath: fixture.keyFile)
            let open = try await fixture.inflow("doctor")
            #expect(open.code == 1 && open.output.contains("others than its owner may read"), "11.8 \(open)")
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: fixture.keyFile)
            let whole = try await fixture.inflow("doctor")
            #expect(whole.code == 0 && !whole.output.contains("missing"), "\(whole)")

            let elsewhere = try await fixture.inflow(
                "doctor", environment: ["INFLOW_SECRET_KEY_FILE": "\(fixture.folder)/other.key"])
            #expect(
                elsewhere.code == 1 && elsewhere.output.contains("fault  The warehouse's secrets"), "\(elsewhere)")
            _ = try await fixture.query(
                "alter table wfm.task add column surplus text not null default '', add column mine text")
            let changed = try await fixture.inflow("doctor")
            #expect(changed.code == 1 && !changed.output.contains("\"mine\""), "11.21 \(changed)")
            #expect(
                changed.output.contains("column \"surplus\" of \"wfm.task\" is filled by no definition"), "\(changed)")
        }
    }
}
