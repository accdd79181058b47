import Foundation

/// A file that exists while some work runs, in a folder that only this account may enter.
enum TemporaryFile {
    /// Runs work with the path of a file that the work may make, and removes what it made.
    static func withPath<T>(ending: String, _ body: (String) async throws -> T) async throws -> T {
        var template = Array("\(NSTemporaryDirectory())/inflow-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw UserError(
                "Inflow cannot make a temporary folder in \(NSTemporaryDirectory()): \(String(cString: strerror(errno))). "
                    + "Nothing was written.")
        }
        let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let path = "\(folder)/file.\(ending)"
        defer {
            unlink(path)
            rmdir(folder)
        }
        return try await body(path)
    }
}
