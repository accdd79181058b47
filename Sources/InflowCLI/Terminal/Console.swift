import ArgumentParser
import Foundation
import Inflow
import Sync
import Warehouse

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

/// The one JSON document of a command that failed.
private struct FailureDocument: Encodable {
    struct Failure: Encodable {
        let message: String
        let exitCode: Int32
    }
    let error: Failure
}

/// Runs a command's work; tells a fault in words (or as JSON) and ends with its exit code.
func reporting(json: Bool = false, _ body: () async throws -> Void) async throws {
    let fault: UserError
    do {
        try await body()
        return
    } catch let error as UserError {
        fault = error
    } catch let error as WarehouseError {
        fault = UserError(
            error.told,
            exitCode: error.code == .cancelled ? 130 : error.code == .notAuthorised ? 5 : 1)
    } catch let error as SourceError {
        fault = UserError(error.debugDescription, exitCode: exitCode(error))
    } catch let error as RunPlan.Refusal {
        fault = UserError(error.description, exitCode: 64)
    } catch is CancellationError {
        fault = UserError("Interrupted.", exitCode: 130)
    } catch let error as ExitCode {
        throw error
    } catch {
        fault = UserError(String(describing: error))
    }
    if json {
        try Console.json(FailureDocument(error: .init(message: fault.description, exitCode: fault.exitCode)))
    } else {
        Console.note(fault.description)
    }
    throw ExitCode(fault.exitCode)
}

extension WarehouseError {
    /// The error for whoever gave the command, with what PostgreSQL said in one line.
    var told: String {
        let said = detail.map { detail in
            detail.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
                .joined(separator: " ")
        }
        guard code == .unreachable else { return said.map { "\(message): \($0)" } ?? message }
        return "The warehouse cannot be used. Look at INFLOW_DATABASE_URL and at the server: \(said ?? message)"
    }
}

private func exitCode(_ error: SourceError) -> Int32 {
    switch RecoveryPolicy.recovery(for: .source(error)) {
    case .retry, .retryOnce, .failChunk, .failRun: 1
    case .stopForQuota, .postpone: 4
    case .waitForPerson: 5
    case .interrupted: 130
    }
}

/// Runs work that Ctrl-C and SIGTERM cancel, saying so in these words; a second signal ends the process at once.
func interruptible<T: Sendable>(
    saying words: String =
        "Stopping: what is committed stays; the chunk in hand is dropped. Once more to stop at once.",
    _ body: @escaping @Sendable () async throws -> T
) async throws -> T {
    let task = Task { try await body() }
    signal(SIGINT, SIG_IGN)
    signal(SIGTERM, SIG_IGN)
    let sources = [SIGINT, SIGTERM].map { number in
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        source.setEventHandler {
            if task.isCancelled { leave(130) }
            Console.note(words)
            task.cancel()
        }
        source.resume()
        return source
    }
    defer { for source in sources { source.cancel() } }
    return try await task.value
}
