import Configuration
import Foundation
import Logging
import SystemPackage

/// The settings of the process, from the environment and the configuration file; each has a default.
///
/// The environment wins over `config.json` in Inflow's folder:
/// `{"inflow": {"database": {"url": "…"}, "secret": {"key": {"file": "…"}}, "log": {"level": "info"}}}`.
struct Settings: Sendable {
    /// The warehouse as a libpq URL; `nil` is the private cluster.
    let databaseURL: String?
    /// The folder of the private cluster, the key file and `config.json`.
    let home: String
    /// The file with the keys that encrypt tokens and client secrets.
    let keyFile: String
    /// The lowest level that the log writes.
    let logLevel: Logger.Level
    /// Seconds without a heartbeat after which Inflow takes a worker of the queue for dead.
    let workerPatience: Int

    static func load() async throws -> Settings {
        // An empty variable counts as unset: it must not hide the value in the file.
        let environment = EnvironmentVariablesProvider(
            environmentVariables: ProcessInfo.processInfo.environment.filter { !$0.value.isEmpty })
        let home =
            ConfigReader(provider: environment).string(forKey: "inflow.home")
            ?? defaultHome
        try checkFolder(home)
        try ConfigurationFile.check("\(home)/config.json")
        let file: FileProvider<JSONSnapshot>
        do {
            file = try await FileProvider<JSONSnapshot>(filePath: FilePath("\(home)/config.json"), allowMissing: true)
        } catch {
            throw UserError(
                "Inflow cannot read the configuration file \"\(home)/config.json\": \(error). Nothing was done. "
                    + "Correct or remove the file."
            )
        }
        let reader = ConfigReader(providers: [environment, file])
        let level = reader.string(forKey: "inflow.log.level", default: "notice")
        guard let logLevel = Logger.Level(rawValue: level.lowercased()) else {
            throw unusable("INFLOW_LOG_LEVEL", level, "trace, debug, info, notice, warning or error")
        }
        return Settings(
            databaseURL: reader.string(forKey: "inflow.database.url").flatMap { $0.isEmpty ? nil : $0 },
            home: home,
            keyFile: reader.string(forKey: "inflow.secret.key.file").flatMap { $0.isEmpty ? nil : $0 }
                ?? "\(home)/secret.key",
            logLevel: logLevel,
            workerPatience: try patience(reader, environment: ProcessInfo.processInfo.environment))
    }

    /// The patience with workers, in seconds.
    ///
    /// The reader takes a text that is no number for no value at all, so the text is looked at too.
    private static func patience(_ reader: ConfigReader, environment: [String: String]) throws -> Int {
        let name = "INFLOW_WORKER_PATIENCE"
        let allowed = "a whole number of seconds from 1 to 3600"
        if let text = environment[name], !text.isEmpty, Int(text) == nil { throw unusable(name, text, allowed) }
        let seconds = reader.int(forKey: "inflow.worker.patience", default: 30)
        guard (1...3_600).contains(seconds) else { throw unusable(name, "\(seconds)", allowed) }
        return seconds
    }

    /// Where each setting may stand, for the person to look at.
    private static func unusable(_ name: String, _ value: String, _ allowed: String) -> UserError {
        let key = name.lowercased().replacing("_", with: ".")
        let isSet = !(ProcessInfo.processInfo.environment[name] ?? "").isEmpty
        return UserError(
            "\(isSet ? name : "\(key) in config.json") is \"\(value)\"; it must be \(allowed). Nothing was done.",
            exitCode: 64)
    }

    /// Refuses a folder that is something else.
    private static func checkFolder(_ home: String) throws {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: home, isDirectory: &isFolder), !isFolder.boolValue else { return }
        throw UserError(
            "Inflow's folder \"\(home)\" is a file. Nothing was done. Name a folder in INFLOW_HOME; one that is not "
                + "there yet will be made.", exitCode: 64)
    }

    /// The default folder: below the person's home, or for root one that the account of PostgreSQL can reach too.
    private static var defaultHome: String {
        if geteuid() == 0 { return "/var/lib/inflow" }
        return FileManager.default.homeDirectoryForCurrentUser.path + "/.inflow"
    }

    var logger: Logger {
        LogLevel.set(logLevel)
        return Logger(label: "inflow") { LogLevel(inner: StreamLogHandler.standardError(label: $0)) }
    }
}
