import Foundation

/// Gives what root makes in another account's folder to that account, whose service must be able to use it.
public enum FolderOwner {
    /// Gives an open file or folder to the owner of the folder it lies in; does nothing unless this process is root and the folder is not.
    ///
    /// A file with a second name is left alone: the other name may lie where the owner of the folder must not write.
    ///
    /// - Returns: false where the system refused.
    @discardableResult
    public static func give(_ descriptor: Int32, in folder: String) -> Bool {
        var status = stat()
        var parent = stat()
        guard geteuid() == 0, stat(folder, &parent) == 0, parent.st_uid != 0, fstat(descriptor, &status) == 0 else {
            return true
        }
        let isFolder = status.st_mode & S_IFMT == S_IFDIR
        guard status.st_uid == 0, isFolder || status.st_nlink == 1 else { return true }
        return fchown(descriptor, parent.st_uid, parent.st_gid) == 0
    }

    /// The same for what lies at a path, which is no link.
    @discardableResult
    public static func give(_ path: String) -> Bool {
        let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return give(descriptor, in: URL(fileURLWithPath: path).deletingLastPathComponent().path)
    }

    /// Makes a folder with all folders above it that are lacking, each of the owner of the folder it lies in.
    static func makeFolders(_ path: String) throws {
        var url = URL(fileURLWithPath: path)
        var lacking: [String] = []
        while access(url.path, F_OK) != 0, url.path != "/" {
            lacking.insert(url.path, at: 0)
            url = url.deletingLastPathComponent()
        }
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        for folder in lacking { give(folder) }
    }

    /// The owner of a path, or of the nearest folder above it that is there.
    static func ofNearest(_ path: String) -> uid_t? {
        var url = URL(fileURLWithPath: path)
        while true {
            var status = stat()
            if stat(url.path, &status) == 0 { return status.st_uid }
            guard url.path != "/" else { return nil }
            url = url.deletingLastPathComponent()
        }
    }

    /// What in Inflow's folder belongs to another account than the folder itself, with the command that mends it.
    ///
    /// Also looks at files elsewhere that the owner of the folder must be able to read. The private server's own folder
    /// may belong to the account that the server runs as, where Inflow's folder is root's.
    public static func differences(in folder: String, and files: [String] = []) -> [Difference] {
        var home = stat()
        guard stat(folder, &home) == 0 else { return [] }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let inside = names.sorted().map { "\(folder)/\($0)" }
        let elsewhere = files.filter { !inside.contains($0) }
        return (inside + elsewhere).compactMap { path -> Difference? in
            var status = stat()
            guard lstat(path, &status) == 0, status.st_uid != home.st_uid else { return nil }
            let isFolder = status.st_mode & S_IFMT == S_IFDIR
            if home.st_uid == 0 && isFolder { return nil }
            return Difference(
                path: path, owner: name(status.st_uid), wanted: name(home.st_uid), isFolder: isFolder)
        }
    }

    /// A file or folder of Inflow's that belongs to another account than Inflow's folder.
    public struct Difference: Sendable, Equatable {
        /// Where it lies.
        public let path: String
        /// The account that it belongs to, by name or else by number.
        public let owner: String
        /// The account that Inflow's folder belongs to.
        public let wanted: String
        /// Whether it is a folder, with more in it.
        public let isFolder: Bool

        /// The command that gives it to the right account.
        public var remedy: String { "chown \(isFolder ? "-R " : "")\(wanted): \"\(path)\"" }
    }

    /// The account that a folder belongs to, where it is there.
    public static func account(of folder: String) -> String? {
        var status = stat()
        return stat(folder, &status) == 0 ? name(status.st_uid) : nil
    }

    private static func name(_ userID: uid_t) -> String {
        getpwuid(userID).map { String(cString: $0.pointee.pw_name) } ?? "\(userID)"
    }
}
