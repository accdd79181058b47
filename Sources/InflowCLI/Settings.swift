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
            throw UserError(
                "INFLOW_LOG_LEVEL is \"\(level)\"; it must be trace, debug, info, notice, warning or error.",
                exitCode: 64)
        }
        return Settings(
            databaseURL: reader.string(forKey: "inflow.database.url").flatMap { $0.isEmpty ? nil : $0 },
            home: home,
            keyFile: reader.string(forKey: "inflow.secret.key.file").flatMap { $0.isEmpty ? nil : $0 }
                ?? "\(home)/secret.key",
            logLevel: logLevel,
            workerPatience: min(3_600, max(1, reader.int(forKey: "inflow.worker.patience", default: 30))))
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
