import Foundation
import TestSupport
import Testing

/// Settings that cannot be what they are.
@Suite("Settings of the process", .database(.warehouse), .timeLimit(.minutes(5)))
struct SettingTests {
    /// A wrong setting, and what the error names.
    struct Wrong: Sendable, CustomTestStringConvertible {
        let setting: String
        let words: String
        var testDescription: String { setting }

        init(_ setting: String, _ words: String) { (self.setting, self.words) = (setting, words) }
    }

    @Test(
        "A variable that is not of its kind is an error that names it",
        arguments: [
            Wrong("INFLOW_WORKER_PATIENCE=abc", "INFLOW_WORKER_PATIENCE is \"abc\""),
            Wrong("INFLOW_WORKER_PATIENCE=1.5", "INFLOW_WORKER_PATIENCE is \"1.5\""),
            Wrong("INFLOW_WORKER_PATIENCE=0", "INFLOW_WORKER_PATIENCE is \"0\""),
            Wrong("INFLOW_WORKER_PATIENCE=3601", "INFLOW_WORKER_PATIENCE is \"3601\""),
            Wrong("INFLOW_WORKER_PATIENCE=99999999999999999999", "INFLOW_WORKER_PATIENCE is"),
            Wrong("INFLOW_LOG_LEVEL=loud", "INFLOW_LOG_LEVEL is \"loud\""),
            Wrong("INFLOW_HOME=/etc/passwd", "\"/etc/passwd\" is a file"),
        ])
    func variable(wrong: Wrong) async throws {
        try await InflowFixture.run(connects: false) { fixture in
            let parts = wrong.setting.split(separator: "=").map(String.init)
            let ending = try await fixture.start(["status"], [parts[0]: parts[1]]).ending()
            #expect(ending.code == 64 && ending.error.contains(wrong.words), "\(ending)")
            #expect(ending.errorLines.count == 1, "\(ending)")
        }
    }

    @Test(
        "A value in config.json that is not of its kind is an error that names the setting",
        arguments: [
            Wrong(#"{"inflow": {"worker": {"patience": "abc"}}}"#, "inflow.worker.patience"),
            Wrong(#"{"inflow": {"worker": {"patience": 1.5}}}"#, "inflow.worker.patience"),
            Wrong(#"{"inflow": {"worker": {"patience": true}}}"#, "inflow.worker.patience"),
            Wrong(#"{"inflow": {"worker": {"patience": 0}}}"#, "inflow.worker.patience in config.json is \"0\""),
            Wrong(#"{"inflow": {"worker": 30}}"#, "inflow.worker"),
            Wrong(#"{"inflow": {"database": {"url": 5}}}"#, "inflow.database.url"),
            Wrong(#"{"inflow": {"database": {"url": null}}}"#, "inflow.database.url"),
            Wrong(#"{"inflow": {"database": "postgresql:///x"}}"#, "inflow.database"),
            Wrong(#"{"inflow": {"databse": {"url": "postgresql:///x"}}}"#, "inflow.databse"),
            Wrong(#"{"inflow": {"secret": {"key": {"file": ["a"]}}}}"#, "inflow.secret.key.file"),
            Wrong(#"{"inflow": {"log": {"level": 3}}}"#, "inflow.log.level"),
            Wrong(#"{"inflow": {"log": {"level": "loud"}}}"#, "inflow.log.level in config.json is \"loud\""),
            Wrong(#"{"inflow": []}"#, "inflow"),
            Wrong(#"{"database": {"url": "postgresql:///x"}}"#, "database"),
            Wrong("[]", "holds no JSON object"),
        ])
    func file(wrong: Wrong) async throws {
        try await InflowFixture.run(connects: false) { fixture in
            _ = try fixture.file("config.json", wrong.setting)
            let ending = try await fixture.inflow("status")
            #expect(ending.code == 64 && ending.error.contains(wrong.words), "\(ending)")
            #expect(ending.error.contains("config.json") && ending.errorLines.count == 1, "\(ending)")
        }
    }

    @Test("A key file with the line ends of Windows is read")
    func keyFileOfWindows() async throws {
        try await InflowFixture.run { fixture in
            let text = try String(contentsOfFile: fixture.keyFile, encoding: .utf8)
            _ = try fixture.file("secret.key", text.replacing("\n", with: "\r\n"))
            let sync = try await fixture.inflow("sync", "acme", "staff")
            #expect(sync.code == 0, "\(sync)")
        }
    }
}
