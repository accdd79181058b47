import Foundation

/// How a cluster is made and its server launched.
extension PostgresCluster {
    /// The programs of the version the data is of, or the newest.
    func programs() throws(PostgresError) -> ServerPrograms {
        let version = try? String(contentsOfFile: "\(dataFolder)/PG_VERSION", encoding: .utf8)
        return try ServerPrograms.find(
            majorVersion: version.flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) })
    }

    func prepareFolder(_ account: ServerAccount) throws(PostgresError) {
        let files = FileManager.default
        let present = (try? files.contentsOfDirectory(atPath: folder)) ?? []
        guard present.isEmpty || present.contains("lock") || present.contains("data") else {
            throw PostgresError(
                .clusterFailed, detail: "The folder \"\(folder)\" holds files that are not a cluster of Inflow's.",
                hint: "Choose an empty folder or one that does not exist.")
        }
        do { try FolderOwner.makeFolders(folder) } catch {
            throw PostgresError(
                .clusterFailed, detail: "The folder \"\(folder)\" cannot be made: \(error.localizedDescription)")
        }
        try account.own(folder, mode: 0o700)
    }

    /// Runs `initdb` beside the place and moves the result there, so that half a cluster is never taken for one.
    func makeData(_ account: ServerAccount, _ programs: ServerPrograms) throws(PostgresError) {
        guard access("\(dataFolder)/PG_VERSION", F_OK) != 0 else { return }
        let unfinished = "\(folder)/data.unfinished"
        try? FileManager.default.removeItem(atPath: unfinished)
        var arguments = [
            "-D", unfinished, "-U", ClusterSettings.role, "--encoding=UTF8", "--locale=\(Self.locale)",
            "--lc-messages=C", "--auth-local=peer", "--auth-host=scram-sha-256", "--data-checksums",
        ]
        if purpose == .tests { arguments.append("--no-sync") }
        let outcome = try account.run(programs.path("initdb"), arguments)
        guard outcome.succeeded else {
            throw PostgresError(.clusterFailed, detail: "initdb could not make the cluster: \(outcome.output)")
        }
        guard rename(unfinished, dataFolder) == 0 else {
            throw PostgresError(.clusterFailed, detail: "\"\(dataFolder)\" cannot be made: \(systemMessage()).")
        }
    }

    /// Code-point order with case folding for all letters where the machine has it, else for ASCII only.
    private static var locale: String {
        guard let found = newlocale(1 << LC_CTYPE, "C.UTF-8", nil) else { return "C" }
        freelocale(found)
        return "C.UTF-8"
    }

    func writeSettings(_ account: ServerAccount) throws(PostgresError) {
        let socket = try ClusterSocket(clusterFolder: folder, account: account).make()
        let port = purpose == .lasting ? try ClusterPort(clusterFolder: folder).settle(account) : ClusterPort.unchosen
        let certificate = ClusterCertificate(clusterFolder: folder, account: account)
        let hasCertificate: Bool
        if purpose == .lasting { hasCertificate = try certificate.make() } else { hasCertificate = false }
        let texts = ClusterSettings(
            purpose: purpose, socketFolder: socket, port: port, own: settings, account: account,
            certificate: hasCertificate ? certificate : nil)
        let include = "include = 'inflow.conf'\n"
        let main = "\(dataFolder)/postgresql.conf"
        do {
            let before = try String(contentsOfFile: main, encoding: .utf8)
            if !before.contains(include) { try write(before + "\n" + include, main, account) }
        } catch let error as PostgresError {
            throw error
        } catch {
            throw PostgresError(.clusterFailed, detail: "\"\(main)\" cannot be read: \(error.localizedDescription)")
        }
        try write(texts.configuration, "\(dataFolder)/inflow.conf", account)
        try write(texts.access, "\(dataFolder)/pg_hba.conf", account)
        try write(texts.identities, "\(dataFolder)/pg_ident.conf", account)
    }

    func write(_ text: String, _ path: String, _ account: ServerAccount) throws(PostgresError) {
        do { try text.write(toFile: path, atomically: true, encoding: .utf8) } catch {
            throw PostgresError(.clusterFailed, detail: "\"\(path)\" cannot be written: \(error.localizedDescription)")
        }
        try account.own(path, mode: 0o600)
    }

    func launch(_ account: ServerAccount, _ programs: ServerPrograms) throws(PostgresError) {
        keepLogShort()
        let before = logSize
        let outcome = try account.run(
            programs.path("pg_ctl"), ["start", "-D", dataFolder, "-w", "-t", "120", "-s", "-l", logFile])
        guard outcome.succeeded else {
            throw PostgresError(
                .clusterFailed, detail: "pg_ctl could not start the server: \(outcome.output)\(logTail(from: before))",
                hint: "The server's log is \"\(logFile)\".")
        }
    }

    private var logSize: UInt64 {
        var status = stat()
        return stat(logFile, &status) == 0 ? UInt64(status.st_size) : 0
    }

    /// Sets a log of more than 10 MB aside, over the one set aside before.
    private func keepLogShort() {
        if logSize > 10_000_000 { rename(logFile, "\(logFile).1") }
    }

    private func logTail(from offset: UInt64) -> String {
        guard let file = FileHandle(forReadingAtPath: logFile) else { return "" }
        defer { try? file.close() }
        try? file.seek(toOffset: offset)
        let bytes = (try? file.read(upToCount: 4_000)) ?? nil
        return String(decoding: bytes ?? Data(), as: UTF8.self)
    }
}
