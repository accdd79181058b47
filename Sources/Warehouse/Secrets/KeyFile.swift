internal import Crypto
internal import Foundation

/// The keys that secrets are encrypted with, kept in a file of mode 0600 beside the warehouse, never in it.
///
/// One line per key, `name base64`; the last line is the one new secrets are encrypted with. A backup is one database
/// and this one file.
struct KeyFile: Sendable {
    struct Key: Sendable {
        let name: String
        let key: SymmetricKey
    }

    let path: String
    private(set) var keys: [Key]

    var current: Key? { keys.last }

    func key(named name: String) -> Key? { keys.first { $0.name == name } }

    /// Whether others than the file's owner may read or write it; false where there is no file.
    static func isOpenToOthers(_ path: String) -> Bool {
        let mode = (try? FileManager.default.attributesOfItem(atPath: path))?[.posixPermissions] as? Int
        return (mode ?? 0) & 0o077 != 0
    }

    /// Reads the file; a file that is not there holds no keys.
    static func read(_ path: String) throws(WarehouseError) -> KeyFile {
        guard FileManager.default.fileExists(atPath: path) else { return KeyFile(path: path, keys: []) }
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw WarehouseError(
                .keyMissing, subject: path,
                message:
                    "The key file \"\(path)\" cannot be read. Nothing was changed. Give this user leave to read it.")
        }
        var keys: [Key] = []
        for (number, line) in text.split(whereSeparator: \.isNewline).enumerated() where !line.hasPrefix("#") {
            let parts = line.split(whereSeparator: \.isWhitespace)
            guard parts.count == 2, let bytes = Data(base64Encoded: String(parts[1])), bytes.count == 32 else {
                throw WarehouseError(
                    .keyMissing, subject: path,
                    message:
                        "Line \(number + 1) of the key file \"\(path)\" is not a key. Nothing was changed. Copy the "
                        + "key file again from the machine that made it.")
            }
            keys.append(Key(name: String(parts[0]), key: SymmetricKey(data: bytes)))
        }
        return KeyFile(path: path, keys: keys)
    }

    /// Makes a new key and writes the file, readable by this user only.
    ///
    /// It is written beside the old one and renamed into place, so that a crash leaves the old one or the new one. When
    /// this returns, file and folder are on the disk: nothing is encrypted with a key that a power cut could take.
    mutating func addKey(
        named name: String, sync: DurableFile.Sync = DurableFile.sync
    ) throws(WarehouseError) {
        let key = SymmetricKey(size: .bits256)
        keys.append(Key(name: name, key: key))
        let lines =
            [
                "# Keys of Inflow. Keep a copy apart from the database; without it every connection must be authorised "
                    + "again."
            ]
            + keys.map { "\($0.name) \($0.key.withUnsafeBytes { Data($0) }.base64EncodedString())" }
        let temporary = path + ".new-\(ProcessInfo.processInfo.processIdentifier)"
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        do {
            try DurableFile.makeFolder(folder, sync: sync)
            try DurableFile.replace(
                path, with: Array((lines.joined(separator: "\n") + "\n").utf8), by: temporary, sync: sync)
        } catch {
            throw WarehouseError(
                .keyMissing, subject: path,
                message:
                    "The key file \"\(path)\" cannot be written. Nothing was changed. Give this user leave to write "
                    + "it, or name another place with INFLOW_SECRET_KEY_FILE.")
        }
    }
}
