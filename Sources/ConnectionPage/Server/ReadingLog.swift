internal import Foundation
internal import Hummingbird
public import Inflow

/// Notes in the audit log what people read out of the warehouse: their own queries, and rows as files.
///
/// What a page shows by itself is not noted.
public protocol ReadingLog: Sendable {
    /// Notes who reads; where it cannot be noted, nothing is to be read.
    func note(_ reading: Reading, of connection: String, by: Doer) async throws
}

/// Something that is read out of the warehouse.
public enum Reading: Sendable, Hashable {
    /// A select that a person wrote; PostgreSQL may still refuse it.
    case query(String)
    /// Rows as a file: of a table, a report or figures, and the words of the address that chose the rows.
    case file(of: String, question: String)
    /// The rows of a select that a person wrote, as a file.
    case queryFile(String)
}

extension ReadingLog {
    /// The rows, after it is noted who takes them as a file; closes them where that fails.
    func noted(_ stream: TextStream, _ reading: Reading, _ asked: PageRequest) async throws -> TextStream {
        try await noted(stream, reading, of: try asked.named(), by: asked.doer)
    }

    /// The same for a request of any kind.
    func noted(
        _ stream: TextStream, _ reading: Reading, of connection: String, by doer: Doer
    ) async throws -> TextStream {
        do {
            try await note(reading, of: connection, by: doer)
        } catch {
            await stream.close()
            throw error
        }
        return stream
    }
}

extension Reading {
    /// Rows as a file that a page's address chose.
    static func file(of what: String, _ asked: PageRequest) -> Reading {
        let question = asked.request.uri.query ?? ""
        return .file(of: what, question: question.removingPercentEncoding ?? question)
    }
}
