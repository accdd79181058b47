import Foundation

/// The folder of a private cluster's Unix socket: `socket` beside the data, or one under `/tmp` where that path is too
/// long for a socket, remembered in a file beside the data.
struct ClusterSocket {
    /// The longest path of a Unix socket on Linux, its final zero not counted.
    static let longestPath = 107

    let clusterFolder: String
    let account: ServerAccount

    private var near: String { "\(clusterFolder)/socket" }
    private var note: String { "\(clusterFolder)/socket-folder" }

    private var nearFits: Bool {
        "\(near)/.s.PGSQL.65535".utf8.count <= Self.longestPath
    }

    /// The folder as it was made, or nil before the first start.
    var folder: String? {
        if nearFits { return isPrivate(near) ? near : nil }
        guard let noted = try? String(contentsOfFile: note, encoding: .utf8), isPrivate(noted) else { return nil }
        return noted
    }

    /// Makes the folder if it is not there, or no longer ours alone.
    func make() throws(PostgresError) -> String {
        if let folder { return folder }
        if nearFits {
            mkdir(near, 0o700)
            try account.own(near, mode: 0o700)
            return near
        }
        var template = Array("/tmp/inflow-socket-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw PostgresError(.clusterFailed, detail: "No socket folder can be made in /tmp: \(systemMessage()).")
        }
        let made = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        try account.own(made, mode: 0o700)
        do { try made.write(toFile: note, atomically: true, encoding: .utf8) } catch {
            throw PostgresError(.clusterFailed, detail: "\"\(note)\" cannot be written: \(error.localizedDescription)")
        }
        try account.own(note, mode: 0o600)
        return made
    }

    /// Removes the socket and its lock file that a killed server left; for use only while no other process can start a
    /// server.
    ///
    /// The server would take the lock for another's as long as anything has the number in it, be it a zombie.
    func sweep() {
        guard let folder else { return }
        let port = ClusterPort(clusterFolder: clusterFolder).noted
        unlink("\(folder)/.s.PGSQL.\(port)")
        unlink("\(folder)/.s.PGSQL.\(port).lock")
    }

    /// Removes the folder if it lies under `/tmp`.
    func remove() {
        guard !nearFits, let folder else { return }
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Whether a path is a real folder of the account's that no other account can enter.
    private func isPrivate(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR && status.st_uid == account.userID
            && status.st_mode & 0o077 == 0
    }
}
