import Foundation

/// A folder into which one export at a time writes files, all of which take their names when they are whole.
///
/// Until then each lies beside its place as `.NAME.partial`. An export that fails leaves the files of the one before.
/// The lock on the folder ends with the process.
final class ExportFolder {
    private let path: String
    private let lock: Int32
    private var written: [String] = []

    /// Makes the folder where there is none, and keeps other exports out of it.
    init(_ path: String) throws {
        self.path = path
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw UserError(
                "Inflow cannot make the folder \"\(path)\": \(error.localizedDescription). Nothing was written.")
        }
        lock = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard lock >= 0 else { throw ExportFolder.failed(path) }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            throw UserError("Another export writes into \"\(path)\" just now. Nothing was written. Wait for its end.")
        }
    }

    deinit {
        for name in written { unlink(partial(name)) }
        close(lock)
    }

    /// Writes a file beside its place, piece by piece.
    ///
    /// - Returns: the size of the file in bytes.
    func write(_ name: String, _ body: ((String) throws -> Bool) async throws -> Void) async throws -> Int {
        try await make(name) { place in
            let file = open(place, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
            guard file >= 0 else { throw ExportFolder.failed(place) }
            defer { close(file) }
            try await body { text in
                guard Console.write(Array(text.utf8), to: file) else { throw ExportFolder.failed(place) }
                return true
            }
        }
    }

    /// Makes a file beside its place, at the path that `body` gets, and returns once the disk has it.
    ///
    /// - Returns: the size of the file in bytes.
    func make(_ name: String, _ body: (String) async throws -> Void) async throws -> Int {
        let place = partial(name)
        unlink(place)
        written.append(name)
        try await body(place)
        let file = open(place, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw ExportFolder.failed(place) }
        defer { close(file) }
        guard fsync(file) == 0 else { throw ExportFolder.failed(place) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw ExportFolder.failed(place) }
        return Int(status.st_size)
    }

    /// Gives all files their names, in the order in which they were written.
    func publish() throws {
        while let name = written.first {
            guard rename(partial(name), "\(path)/\(name)") == 0 else { throw ExportFolder.failed("\(path)/\(name)") }
            written.removeFirst()
        }
        _ = fsync(lock)
    }

    private func partial(_ name: String) -> String { "\(path)/.\(name).partial" }

    private static func failed(_ place: String) -> UserError {
        UserError(
            "Inflow cannot write \"\(place)\": \(String(cString: strerror(errno))). Where files are not those that the "
                + "manifest names, the export had begun to replace them; else they are as they were. Run the export again."
        )
    }
}
