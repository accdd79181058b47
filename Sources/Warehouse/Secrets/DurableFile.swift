internal import Foundation
internal import Postgres

/// Writes a file so that a power cut leaves the old one or the new one, and the new one once this has returned.
enum DurableFile {
    /// Brings what an open file or folder holds to the disk; returns false where the system could not.
    typealias Sync = (_ descriptor: Int32, _ path: String) -> Bool

    /// `fsync`, which is also defined for folders on Linux.
    static func sync(_ descriptor: Int32, _ path: String) -> Bool { fsync(descriptor) == 0 }

    /// Replaces a file, readable by its owner only, who is the folder's owner: writes `temporary` beside it, brings it to the disk, renames it and
    /// brings the folder to the disk.
    ///
    /// Where anything fails the old file stays, or where only the folder failed the new one is there.
    static func replace(
        _ path: String, with bytes: [UInt8], by temporary: String, sync: Sync
    ) throws {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        do {
            // Left by a process of the same number that died.
            unlink(temporary)
            let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
            guard file >= 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
            defer { close(file) }
            guard FolderOwner.give(file, in: folder) else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
            try put(bytes, into: file)
            guard sync(file, temporary), rename(temporary, path) == 0 else {
                throw POSIXError(.init(rawValue: errno) ?? .EIO)
            }
        } catch {
            unlink(temporary)
            throw error
        }
        try syncFolder(folder, sync)
    }

    /// Makes a folder, for its owner only, with all folders above it that are lacking, and brings them to the disk.
    static func makeFolder(_ path: String, sync: Sync) throws {
        guard !FileManager.default.fileExists(atPath: path) else { return }
        let parent = URL(fileURLWithPath: path).deletingLastPathComponent().path
        if parent != path { try makeFolder(parent, sync: sync) }
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        FolderOwner.give(path)
        try syncFolder(parent, sync)
    }

    private static func syncFolder(_ name: String, _ sync: Sync) throws {
        let folder = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
        defer { close(folder) }
        guard sync(folder, name) else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
    }

    private static func put(_ bytes: [UInt8], into file: Int32) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
            rest = rest.dropFirst(written)
        }
    }
}
