internal import Foundation
internal import Inflow
internal import Postgres
internal import SQLFiles

/// A copy of the warehouse in one file, and a warehouse made from it.
///
/// The file is an archive of `pg_dump` in its custom format, of Inflow's schemas as they were at one moment. It holds
/// the secrets encrypted and not the key file. Owners, grants and policies are not part of a copy: they name roles, which
/// belong to a server. ``ReaderRoles`` makes them again.
public struct WarehouseCopy: Sendable {
    private let warehouse: Warehouse
    private static let schemas = ["inflow_migration", "inflow", "wfm", "setting", "report", "bi"]

    /// Copies of, or into, a warehouse.
    public init(_ warehouse: Warehouse) {
        self.warehouse = warehouse
    }

    // MARK: writing

    /// Writes the copy to a file, which only this account can read; replaces an earlier one when it is whole.
    ///
    /// - Returns: the size of the file in bytes.
    /// - Throws: `statement_failed` with what `pg_dump` said, or what stands in the way of the file.
    public func write(to path: String) async throws(WarehouseError) -> Int {
        // PostgreSQL's programs run in another folder, where a relative path means another file.
        let path = URL(fileURLWithPath: path).path
        let partial = "\(path).partial"
        unlink(partial)
        let file = open(partial, O_WRONLY | O_CREAT | O_EXCL, 0o600)
        guard file >= 0 else { throw WarehouseCopy.failed(path, String(cString: strerror(errno))) }
        FolderOwner.give(file, in: URL(fileURLWithPath: path).deletingLastPathComponent().path)
        close(file)
        do throws(PostgresError) {
            try await ClientProgram("pg_dump", url: warehouse.url).run(
                ["--format=custom", "--no-owner", "--no-privileges", "--file=\(partial)"]
                    + WarehouseCopy.schemas.map { "--schema=\($0)" })
        } catch {
            unlink(partial)
            throw WarehouseError(error, doing: "writing the backup \"\(path)\"")
        }
        var status = stat()
        guard stat(partial, &status) == 0, rename(partial, path) == 0 else {
            throw WarehouseCopy.failed(path, String(cString: strerror(errno)))
        }
        return Int(status.st_size)
    }

    private static func failed(_ path: String, _ why: String) -> WarehouseError {
        WarehouseError(
            .statementFailed, subject: path,
            message: "Inflow cannot write the backup \"\(path)\": \(why). Nothing was written there.")
    }

    // MARK: reading

    /// Makes a warehouse of the copy in a file, in a database that holds none yet.
    ///
    /// The copy is one of an older or the same version of Inflow; migrate it afterwards. Unless it `takesOver`, tokens are
    /// never restored: a process that is killed before ``forgetOriginal(takesOver:)`` must not leave a copy behind that
    /// uses up the original's refresh token.
    /// - Throws: `not_allowed` where the database holds connections already; `statement_failed` for a file that is no
    ///   copy, with nothing changed.
    public func restore(from path: String, takesOver: Bool) async throws(WarehouseError) {
        let path = URL(fileURLWithPath: path).path
        let entries = try await entries(of: path).filter { takesOver || !$0.contains(" TABLE DATA inflow token ") }
        try await clear()
        let list = "\(NSTemporaryDirectory())inflow-restore-\(UUID().uuidString)"
        defer { unlink(list) }
        guard FileManager.default.createFile(atPath: list, contents: Data(entries.joined(separator: "\n").utf8)) else {
            throw WarehouseError(
                .statementFailed, subject: list,
                message: "Inflow cannot write the temporary file \"\(list)\". Nothing was restored.")
        }
        do throws(PostgresError) {
            try await ClientProgram("pg_restore", url: warehouse.url).run(
                [
                    "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges",
                    "--use-list=\(list)", "--dbname=", path,
                ])
        } catch {
            throw WarehouseError(error, doing: "restoring \"\(path)\"")
        }
    }

    /// The entries of a copy's list, without what names roles.
    private func entries(of path: String) async throws(WarehouseError) -> [String] {
        let list = "\(NSTemporaryDirectory())inflow-list-\(UUID().uuidString)"
        defer { unlink(list) }
        do throws(PostgresError) {
            try await ClientProgram("pg_restore", url: warehouse.url).run(["--list", "--file=\(list)", path])
        } catch {
            throw WarehouseError(
                .statementFailed, subject: path,
                message: "\"\(path)\" is no backup of Inflow: \(error.detail ?? error.message) Nothing was restored.")
        }
        let lines = ((try? String(contentsOfFile: list, encoding: .utf8)) ?? "").split(separator: "\n").map(String.init)
        guard lines.contains(where: { $0.contains(" TABLE inflow connection ") }) else {
            throw WarehouseError(
                .statementFailed, subject: path,
                message:
                    "\"\(path)\" holds no table inflow.connection, so it is no backup of Inflow. Nothing was restored.")
        }
        return lines.filter { line in
            ![" POLICY ", " ROW SECURITY ", " ACL ", " DEFAULT ACL "].contains { line.contains($0) }
        }
    }

    /// Makes room: removes Inflow's schemas where they hold no connection.
    private func clear() async throws(WarehouseError) {
        try await warehouse.withSession("restore") { session throws(WarehouseError) in
            let names = try await lifting("looking what the database holds") { () async throws(PostgresError) in
                let isThere = try await session.query("select to_regclass('inflow.connection') is not null as is_there")
                guard try isThere[0].bool("is_there") else { return [String]() }
                return try await session.query("select name from inflow.connection order by name").texts("name")
            }
            guard names.isEmpty else {
                throw WarehouseError(
                    .notAllowed, subject: "warehouse",
                    message:
                        "This warehouse holds \(names.map { "\"\($0)\"" }.joined(separator: ", ")) already. Nothing was "
                        + "restored. Name an empty database in INFLOW_DATABASE_URL, or another folder in INFLOW_HOME.")
            }
            try await lifting("making room for the copy") { () async throws(PostgresError) in
                try await session.execute(
                    "drop schema if exists \(WarehouseCopy.schemas.joined(separator: ", ")) cascade")
            }
        }
    }

    // MARK: after

    /// Makes the restored warehouse forget what is the original's: its processes, queue and waiting messages, and, unless
    /// it `takesOver`, its tokens; then no connection is read before a person authorises and resumes it.
    ///
    /// - Returns: the names of the connections.
    public func forgetOriginal(takesOver: Bool) async throws(WarehouseError) -> [String] {
        let reason = "This is a restored copy. Its refresh token belongs to the original."
        return try await warehouse.query(
            Statements.restoredCopy, [takesOver ? .null : .text(reason)], purpose: "restore",
            doing: "making the copy forget the original"
        ) { row throws(PostgresError) in try row.text("name") }
    }

    /// Makes the readers' roles again that the copy knows and the server does not, with new passwords.
    ///
    /// - Returns: whose rows each sees (the connection's name; `nil` for all), and how to log in.
    public func restoreReaders() async throws(WarehouseError) -> [(connection: String?, access: ReaderRoles.Access)] {
        let readers = ReaderRoles(warehouse)
        let lost = try await readers.forgetLost()
        guard !lost.isEmpty else { return [] }
        let connections = try await ConnectionStore(warehouse).list().readable
        var restored: [(connection: String?, access: ReaderRoles.Access)] = []
        for id in lost {
            let connection = connections.first { $0.id == id }
            guard id == nil || connection != nil else { continue }
            let access = try await readers.access(for: connection.map { .connection($0) } ?? .all)
            restored.append((connection?.name, access))
        }
        return restored
    }
}

extension Warehouse {
    /// The size of the database on disk, in bytes.
    public func size() async throws(WarehouseError) -> Int {
        try await query(
            "select pg_database_size(current_database()) as bytes", purpose: "size", doing: "asking for the size"
        ) { row throws(PostgresError) in Int(try row.int64("bytes")) }.first ?? 0
    }
}
