import Foundation

/// Where words go: results to standard output, everything else to standard error.
enum Console {
    /// Writes all of a text, whatever interrupts; where nobody reads any more, what is left is dropped.
    static func write(_ text: String, to file: Int32) {
        write(Array(text.utf8), to: file)
    }

    /// The same of bytes.
    static func write(_ bytes: [UInt8], to file: Int32) {
        bytes.withUnsafeBytes { bytes in
            var rest = bytes
            while !rest.isEmpty {
                let count = Foundation.write(file, rest.baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return }
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
            }
        }
    }

    /// Writes a result.
    static func print(_ text: String) {
        Console.write(text + "\n", to: STDOUT_FILENO)
    }

    /// Writes a remark.
    static func note(_ text: String) {
        Console.write(text + "\n", to: STDERR_FILENO)
    }

    /// Writes a value as the one JSON document of a command.
    static func json(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        encoder.keyEncodingStrategy = .convertToSnakeCase
        print(String(decoding: try encoder.encode(value), as: UTF8.self))
    }

    /// Writes rows under headings, numbers to the right.
    static func table(_ headings: [String], _ rows: [[String]]) {
        for line in lines(headings, rows) { print(line) }
    }

    /// The lines of a table.
    static func lines(_ headings: [String], _ rows: [[String]]) -> [String] {
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

    /// A number with its thousands apart.
    static func grouped(_ number: Int) -> String {
        var text = String(abs(number))
        var parts: [String] = []
        while text.count > 3 {
            parts.insert(String(text.suffix(3)), at: 0)
            text.removeLast(3)
        }
        return (number < 0 ? "-" : "") + ([text] + parts).joined(separator: ",")
    }

    /// A duration as a person says it.
    static func seconds(_ seconds: Double) -> String {
        seconds < 10
            ? "\((seconds * 10).rounded() / 10) s"
            : seconds < 120 ? "\(Int(seconds)) s" : "\(Int(seconds) / 60) min \(Int(seconds) % 60) s"
    }
}
