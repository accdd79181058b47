import Foundation

/// A file that a server writes once it is ready, so that a script can wait for it.
struct ReadyFile {
    private let path: String

    /// Makes the file, empty: a script waits until it has text.
    ///
    /// - Throws: `UserError` before the server starts, if the file cannot be written: a script would wait for ever.
    init(_ path: String) throws {
        self.path = path
        do {
            try Data().write(to: URL(fileURLWithPath: path))
        } catch {
            throw UserError(
                "Inflow cannot write the ready file \"\(path)\" and did not start. Name a file in a folder that exists "
                    + "and that you may write.")
        }
    }

    /// Writes the text whole: a script never reads half of it.
    func write(_ text: String) {
        do {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            Console.note("Inflow is ready, but cannot write the ready file \"\(path)\": \(error.localizedDescription)")
        }
    }
}
