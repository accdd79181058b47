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

    /// Why standard output lost some of the result: an `errno`, or 0.
    private static let lost = Mutex<Int32>(0)

    /// Why some of the result could not be written, in the system's words; nil where all was written, or its reader
    /// did not want the rest.
    static var lossOfOutput: String? {
        let reason = lost.withLock { $0 }
        return reason == 0 ? nil : String(cString: strerror(reason))
    }

    /// Writes bytes as they are, also when signals interrupt the call.
    static func write(_ bytes: [UInt8], to file: Int32) {
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
                    return
                }
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
            }
        }
    }

    /// Writes a line of the result to standard output.
    static func print(_ text: String) {
        Console.write(text + "\n", to: STDOUT_FILENO)
    }

    /// Writes a line for the person to standard error.
    static func note(_ text: String) {
        Console.write(text + "\n", to: STDERR_FILENO)
    }

    /// Writes the one JSON document of a command.
    static func json(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        encoder.keyEncodingStrategy = .convertToSnakeCase
        print(String(decoding: try encoder.encode(value), as: UTF8.self))
    }

    /// Writes a table with headings; columns of numbers are right-aligned.
    static func table(_ headings: [String], _ rows: [[String]]) {
        for line in lines(headings, rows) { print(line) }
    }

    /// The lines of a table, with a rule below the headings.
    static func lines(_ headings: [String], _ rows: [[String]]) -> [String] {
        let rows = rows.map { $0.map(\.harmless) }
        let widths = headings.indices.map { column in
            max(headings[column].count, rows.map { $0[column].count }.max() ?? 0)
        }
        let isNumber = headings.indices.map { column in
            !rows.isEmpty && rows.allSatisfy { $0[column].allSatisfy { "0123456789,.-– ".contains($0) } }
        }
        func line(_ cells: [String]) -> String {
            let padded = cells.enumerated().map { column, cell in
                let blanks = String(repeating: " ", count: widths[column] - cell.count)
                return isNumber[column] ? blanks + cell : cell + blanks
            }
            var text = padded.joined(separator: "  ")
            while text.last == " " { text.removeLast() }
            return text
        }
        return [line(headings), widths.map { String(repeating: "-", count: $0) }.joined(separator: "  ")]
            + rows.map(line)
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

    /// A duration, rounded for a person: `4.2 s`, `95 s`, `3 min 5 s`.
    static func seconds(_ seconds: Double) -> String {
        seconds < 10
            ? "\((seconds * 10).rounded() / 10) s"
            : seconds < 120 ? "\(Int(seconds)) s" : "\(Int(seconds) / 60) min \(Int(seconds) % 60) s"
    }
}
