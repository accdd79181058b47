import Foundation

/// Keeps other processes out while it lives; the system takes it back if ours dies.
final class FileLock {
    private let descriptor: Int32

    /// Waits up to a minute for the process that has it.
    init(_ path: String) throws(PostgresError) {
        // Not to be inherited by the server, which would keep it.
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw PostgresError(.clusterFailed, detail: "\"\(path)\" cannot be opened: \(systemMessage()).")
        }
        FolderOwner.give(descriptor, in: URL(fileURLWithPath: path).deletingLastPathComponent().path)
        let deadline = ContinuousClock.now + .seconds(60)
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK || errno == EINTR, ContinuousClock.now < deadline else {
                throw PostgresError(
                    .clusterFailed, detail: "Another process has been starting or stopping this server for a minute.",
                    context: path)
            }
            usleep(20_000)
        }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }
}
