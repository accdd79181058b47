internal import Foundation
internal import HTTPTypes
internal import Inflow

/// The documents of the API; those of one idea lie in a file each.
enum APIDocuments {
    static let problem = APIShape<APIProblem>(
        "Problem", "What went wrong (RFC 9457).",
        [
            .text("title", "The problem in a few words.") { $0.title },
            .number("status", "The status of the answer.") { $0.status.code },
            .text("detail", "What happened, what Inflow did, and what can be done.") { $0.detail },
        ])

    static func words<Word: StoredWord>(_ type: Word.Type) -> [String] { type.allCases.map(\.rawValue) }
}
