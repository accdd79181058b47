import Dispatch
import Foundation

/// One of PostgreSQL's client programs (psql, pg_dump, pg_restore) with the database it is for.
///
/// The address goes to the program in its environment: other accounts can see the arguments of a process, and a password
/// may be part of the address.
public struct ClientProgram: Sendable {
    private let path: String
    private let environment: [String: String]

    /// A program of this machine, the newest there is, for the database at a libpq URL.
    ///
    /// `replacing` are values of libpq in place of those of the URL, such as another `user` and its `password`.
    ///
    /// - Throws: `cluster_failed` where the program is not installed.
    public init(_ name: String, url: String, replacing: [String: String] = [:]) throws(PostgresError) {
        guard let path = ClientProgram.newest(name) else {
            throw PostgresError(
                .clusterFailed, detail: "The program \(name) was not found.",
                hint: "Install the package postgresql-client.")
        }
        self.path = path
        environment = try ConnectionString(url).environment(replacing: replacing)
    }

    /// Runs the program to its end, off the threads that tasks share; Inflow sees its output only where it fails.
    ///
    /// - Returns: the end of what it printed.
    /// - Throws: `cluster_failed` with what the program said.
    @discardableResult
    public func run(_ arguments: [String]) async throws(PostgresError) -> String {
        let result: Result<Program.Outcome, PostgresError> = await withCheckedContinuation { continuation in
            DispatchQueue(label: "postgres.client").async {
                continuation.resume(
                    returning: Result { () throws(PostgresError) in try Program.run(path, arguments, environment) })
            }
        }
        let outcome = try result.get()
        guard outcome.succeeded else {
            let said = outcome.output.trimmingCharacters(in: .whitespacesAndNewlines)
            throw PostgresError(
                .clusterFailed, detail: "\(URL(fileURLWithPath: path).lastPathComponent) failed: \(said)")
        }
        return outcome.output
    }

    /// Becomes the program, on this terminal; returns only where that fails.
    public func become(_ arguments: [String]) throws(PostgresError) -> Never {
        try Program.become(path, arguments, environment)
    }

    /// The newest of Debian's versions, which reads and writes the older ones too; else the one of the search path.
    private static func newest(_ name: String) -> String? {
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql")) ?? []
        return versions.compactMap { Int($0) }.sorted(by: >).map { "/usr/lib/postgresql/\($0)/bin/\(name)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) } ?? Program.find(name)
    }
}
