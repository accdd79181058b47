import Foundation

/// The processes that serve a data folder, recognised by their working directory, which for all of PostgreSQL's is the
/// data.
///
/// A process number alone proves nothing: after a crash or a restart of the machine, the number a server left in
/// `postmaster.pid` may be any other program's.
struct ServerProcess: Sendable {
    /// The data folder, without symbolic links.
    let dataFolder: String

    init(dataFolder: String) {
        self.dataFolder = URL(fileURLWithPath: dataFolder).resolvingSymlinksInPath().path
    }

    private var file: String { "\(dataFolder)/postmaster.pid" }

    /// The number in `postmaster.pid`, which another program may have now.
    var recordedID: pid_t? {
        (try? String(contentsOfFile: file, encoding: .utf8))?.split(separator: "\n").first.flatMap { pid_t($0) }
    }

    /// The running server's first process.
    var runningID: pid_t? { recordedID.flatMap { serves($0) ? $0 : nil } }

    /// Whether the program that the running server began as is gone from the disk: its package was upgraded since.
    ///
    /// Such a server goes on, and its new sessions fail with 58P01 as soon as they load a library of another version.
    var isReplaced: Bool {
        guard let runningID else { return false }
        let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(runningID)/exe")
        // The kernel's word for a file that was removed or replaced.
        return program?.hasSuffix(" (deleted)") ?? false
    }

    /// Whether any process, the first one or one left over, is at work on the data.
    var isInUse: Bool {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return entries.lazy.compactMap { pid_t($0) }.contains { serves($0) }
    }

    /// The folders are compared by what they are and not by name: a service with a file system view of its own, as
    /// systemd gives it, may have another name for the same folder.
    private func serves(_ process: pid_t) -> Bool {
        var data = stat()
        var current = stat()
        return stat(dataFolder, &data) == 0 && stat("/proc/\(process)/cwd", &current) == 0
            && data.st_dev == current.st_dev && data.st_ino == current.st_ino
    }

    /// Waits until no process uses the data.
    func waitUntilUnused(seconds: Int) throws(PostgresError) {
        let deadline = ContinuousClock.now + .seconds(seconds)
        while isInUse {
            guard ContinuousClock.now < deadline else {
                throw PostgresError(
                    .clusterFailed, detail: "Processes of an earlier server are still at work on \"\(dataFolder)\".")
            }
            usleep(20_000)
        }
    }

    /// Removes a `postmaster.pid` whose number some other program has got since.
    ///
    /// Such a file keeps the server from starting. For use only while no other process can start a server. A number
    /// that no process has is the server's to remove.
    func forgetStolenID() {
        guard let recordedID, kill(recordedID, 0) == 0 || errno == EPERM, !isInUse else { return }
        unlink(file)
    }
}
