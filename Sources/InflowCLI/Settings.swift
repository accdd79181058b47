import Configuration
import Foundation
import Logging
import SystemPackage

/// What the environment and the configuration file say, read once; every field has a default.
///
/// The environment comes first, then `config.json` in Inflow's folder:
/// `{"inflow": {"database": {"url": "…"}, "secret": {"key": {"file": "…"}}, "log": {"level": "info"}}}`.
struct Settings: Sendable {
    /// The warehouse as a libpq URL; `nil` is the private cluster.
    let databaseURL: String?
    /// Inflow's folder.
    let home: String
    /// The file that holds the keys of the secrets.
    let keyFile: String
    /// From which level on the log is written.
    let logLevel: Logger.Level
    /// Seconds without a heartbeat after which a worker of the queue is taken to be dead.
    let workerPatience: Int

    static func load() async throws -> Settings {
        // An empty variable is an unset one: it must not hide what the file says.
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
                "The configuration file \"\(home)/config.json\" cannot be read: \(error). Nothing was done. Mend or remove it."
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

    /// A person's own folder; for root one that the server's account can reach too.
    private static var defaultHome: String {
        if geteuid() == 0 { return "/var/lib/inflow" }
        return FileManager.default.homeDirectoryForCurrentUser.path + "/.inflow"
    }

    var logger: Logger {
        LogLevel.set(logLevel)
        return Logger(label: "inflow") { LogLevel(inner: StreamLogHandler.standardError(label: $0)) }
    }
}
