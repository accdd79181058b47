import Foundation
import Inflow
import Synchronization

/// Output of the command: results on standard output, everything else on standard error.
///
/// A script reads standard output, so nothing but the result may go there: with `--json` exactly one document.
/// Progress, hints, warnings and errors go to standard error.
///
/// Writing never fails and never ends the process. Where the reader has closed its end (`inflow runs | head`), the rest
/// of the text is dropped; a run must not die because its display did. Where standard output takes no more for another
/// reason (a full disk), the process says so at its end and does not end with 0 (`leave`). Numbers have thousands separators in text and
/// none in JSON; JSON keys are snake_case and instants ISO 8601 in UTC.
enum Console {
    /// Writes a whole text, also when signals interrupt the call; drops the rest if the reader is gone.
    static func write(_ text: String, to file: Int32) {
        write(Array(text.utf8), to: file)
    }

    /// Copies a file as it is; a reader that wants no more ends it early, and well.
    static func copyFile(_ path: String, to file: Int32) throws {
        guard let handle = FileHandle(forReadingAtPath: path) else { throw UserError("\(path) cannot be read.") }
        defer { try? handle.close() }
        while let piece = try handle.read(upToCount: 1 << 18), !piece.isEmpty {
            guard write(Array(piece), to: file) else { return }
        }
    }

    /// Why standard output lost some of the result: an `errno`, or 0.
    private static let lost = Mutex<Int32>(0)

    /// Why some of the result could not be written, in the system's words; nil where all was written, or its reader
    /// did not want the rest.
    static var lossOfOutput: String? {
        let reason = lost.withLock { $0 }
        return reason == 0 ? nil : String(cString: strerror(reason))
    }

    /// Writes bytes as they are, also when signals interrupt the call.
    ///
    /// - Returns: whether all of them could be written; if not, no more are wanted.
    @discardableResult
    static func write(_ bytes: [UInt8], to file: Int32) -> Bool {
        bytes.withUnsafeBytes { bytes in
            var rest = bytes
            while !rest.isEmpty {
                let count = Foundation.write(file, rest.baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                if count < 0, errno == EAGAIN {
                    // Another program made the terminal or pipe non-blocking.
                    var entry = pollfd(fd: file, events: Int16(POLLOUT), revents: 0)
                    _ = poll(&entry, 1, -1)
                    continue
                }
                guard count > 0 else {
                    if file == STDOUT_FILENO, errno != EPIPE { lost.withLock { [errno] in $0 = errno } }
                    return false
                }
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
            }
            return true
        }
    }

    /// Writes a line of the result to standard output.
    static func print(_ text: String) { say(text, STDOUT_FILENO) }

    /// Writes a line for the person to standard error.
    static func note(_ text: String) { say(text, STDERR_FILENO) }

    /// Whether a live line stands on the terminal, which other text must not follow.
    static let liveLine = Atomic(false)

    private static func say(_ text: String, _ file: Int32) {
        let isHeld = held.withLock { held in
            held?.append((text, file))
            return held != nil
        }
        guard !isHeld else { return }
        if liveLine.exchange(false, ordering: .relaxed) { Console.write("\r\u{1B}[K", to: STDERR_FILENO) }
        Console.write(text + "\n", to: file)
    }

    // MARK: --quiet

    /// Lines that wait for the end of a quiet command; `nil` where it is not quiet.
    private static let held = Mutex<[(text: String, file: Int32)]?>(nil)

    /// Whether lines wait for the end of the command.
    static var isQuiet: Bool { held.withLock { $0 != nil } }

    /// Keeps all further lines until the command ends.
    static func beQuiet() { held.withLock { $0 = $0 ?? [] } }

    /// Ends the quiet: writes the lines that were kept, unless the command ended well.
    static func endQuiet(exitCode: Int32) {
        let lines = held.withLock { held in
            defer { held = nil }
            return held ?? []
        }
        if exitCode != 0 { for line in lines { say(line.text, line.file) } }
    }

    /// Writes the one JSON document of a command, also of a quiet one.
    static func json(_ value: some Encodable) throws {
        Console.write(try document(value), to: STDOUT_FILENO)
    }

    /// The text of a JSON document, with a line end.
    static func document(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        encoder.keyEncodingStrategy = .convertToSnakeCase
        return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
    }

    /// Writes a table with headings that fits the terminal, or 80 columns where there is none; columns of numbers are
    /// right-aligned.
    static func table(_ headings: [String], _ rows: [[String]]) {
        for line in lines(headings, rows) { print(line) }
    }

    /// The lines of a table, with a rule below the headings.
    static func lines(_ headings: [String], _ rows: [[String]], columns: Int = Console.width) -> [String] {
        TextTable(headings, rows).lines(fitting: columns)
    }

    /// The columns that tables may take: those of the terminal, or what the variable `COLUMNS` says, or 80.
    static var width: Int {
        columns(of: STDOUT_FILENO)
            ?? ProcessInfo.processInfo.environment["COLUMNS"].flatMap { Int($0) }.flatMap { $0 >= 20 ? $0 : nil } ?? 80
    }

    /// The columns of the terminal that a file is; `nil` where it is none.
    static func columns(of file: Int32) -> Int? {
        var size = winsize()
        guard ioctl(file, UInt(TIOCGWINSZ), &size) == 0, size.ws_col >= 20 else { return nil }
        return Int(size.ws_col)
    }

    /// A number with thousands separators: `1,234,567`.
    static func grouped(_ number: Int) -> String {
        var text = String(abs(number))
        var parts: [String] = []
        while text.count > 3 {
            parts.insert(String(text.suffix(3)), at: 0)
            text.removeLast(3)
        }
        return (number < 0 ? "-" : "") + ([text] + parts).joined(separator: ",")
    }

    /// A size in the largest unit that leaves a number of three digits at most: `12 kB`, `1.4 GB`; by thousands.
    static func bytes(_ bytes: Int) -> String {
        let units = ["bytes", "kB", "MB", "GB", "TB", "PB"]
        var (size, unit) = (Double(bytes), 0)
        while size >= 999.5, unit < units.count - 1 { (size, unit) = (size / 1_000, unit + 1) }
        let text = unit > 0 && size < 9.95 ? "\((size * 10).rounded() / 10)" : "\(Int(size.rounded()))"
        return "\(text) \(units[unit])"
    }

    /// A span of time in whole seconds, minutes or hours: `34 s`, `2 min 5 s`, `3 h`.
    static func span(_ seconds: Double) -> String {
        if seconds < 120 { return "\(Int(seconds)) s" }
        return seconds < 7_200 ? "\(Int(seconds) / 60) min \(Int(seconds) % 60) s" : "\(Int(seconds) / 3_600) h"
    }

    /// A duration, rounded for a person: `4.2 s`, `95 s`, `3 min 5 s`.
    static func seconds(_ seconds: Double) -> String {
        seconds < 10
            ? "\((seconds * 10).rounded() / 10) s"
            : seconds < 120 ? "\(Int(seconds)) s" : "\(Int(seconds) / 60) min \(Int(seconds) % 60) s"
    }
}
