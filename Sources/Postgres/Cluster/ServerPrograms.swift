import Foundation

/// The folder with PostgreSQL's server programs of one version.
struct ServerPrograms: Sendable, Equatable {
    static let oldestVersion = 15
    /// Where Debian and Ubuntu keep each version in a folder of its own.
    private static let versions = "/usr/lib/postgresql"

    let folder: String
    let majorVersion: Int

    func path(_ program: String) -> String { "\(folder)/\(program)" }

    /// The newest programs of this machine, or those of one version, which an existing cluster needs.
    static func find(majorVersion: Int? = nil) throws(PostgresError) -> ServerPrograms {
        let installed = all()
        if let majorVersion {
            if let programs = installed.first(where: { $0.majorVersion == majorVersion }) { return programs }
            throw PostgresError(
                .clusterFailed, detail: "The data is of PostgreSQL \(majorVersion), whose programs are not installed.",
                hint: "Install postgresql-\(majorVersion), or move the data to a newer version with pg_upgrade.")
        }
        guard let newest = installed.max(by: { $0.majorVersion < $1.majorVersion }) else {
            throw PostgresError(
                .clusterFailed, detail: "PostgreSQL's server programs (initdb, pg_ctl, postgres) were not found.",
                hint: "Install the package postgresql (version 15 or later), or use a server of your own by its URL.")
        }
        guard newest.majorVersion >= oldestVersion else {
            throw PostgresError(
                .serverTooOld, detail: "The newest PostgreSQL of this machine is \(newest.majorVersion).",
                hint: "Install PostgreSQL 15 or later.")
        }
        return newest
    }

    private static func all() -> [ServerPrograms] {
        let folders = (try? FileManager.default.contentsOfDirectory(atPath: versions)) ?? []
        let packaged = folders.compactMap { name in
            Int(name).map { ServerPrograms(folder: "\(versions)/\(name)/bin", majorVersion: $0) }
        }
        return (packaged + [fromPath()].compactMap { $0 }).filter(\.isComplete)
    }

    private var isComplete: Bool {
        ["initdb", "pg_ctl", "postgres"].allSatisfy { FileManager.default.isExecutableFile(atPath: path($0)) }
    }

    /// What `pg_config` of the search path reports, for machines that lay PostgreSQL out another way.
    private static func fromPath() -> ServerPrograms? {
        guard let config = Program.find("pg_config"), let version = try? Program.run(config, ["--version"]).output,
            let folder = try? Program.run(config, ["--bindir"]).output,
            let major = version.firstMatch(of: /[0-9]+/).flatMap({ Int($0.output) })
        else { return nil }
        return ServerPrograms(folder: folder.trimmingCharacters(in: .whitespacesAndNewlines), majorVersion: major)
    }
}
