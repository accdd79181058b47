import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// The parts of a request the sandbox looks at.
struct RequestParts: Sendable {
    /// The path's pieces, decoded one by one, so that an encoded slash stays inside its piece.
    let path: [String]
    /// Query parameters by name in lower case.
    let query: [String: String]
    let target: String
    let rawQuery: String
    let method: HTTPRequest.Method

    init(_ request: Request) {
        method = request.method
        rawQuery = request.uri.query ?? ""
        target = request.uri.path + (rawQuery.isEmpty ? "" : "?\(rawQuery)")
        path = request.uri.path.split(separator: "/").map { $0.removingPercentEncoding ?? String($0) }
        query = RequestParts.form(rawQuery, lowercased: true)
    }

    /// Reads `a=b&c=d` with percent encoding and plus signs for blanks.
    static func form(_ text: String, lowercased: Bool = false) -> [String: String] {
        var fields: [String: String] = [:]
        for pair in text.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                .map { $0.replacingOccurrences(of: "+", with: " ").removingPercentEncoding ?? String($0) }
            guard let name = parts.first else { continue }
            fields[lowercased ? name.lowercased() : name] = parts.count > 1 ? parts[1] : ""
        }
        return fields
    }
}

extension Response {
    /// An answer with a body of text.
    static func text(
        _ status: HTTPResponse.Status, _ body: String, type: String = "application/json", headers: HTTPFields = [:]
    ) -> Response {
        var headers = headers
        headers[.contentType] = type
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: body)))
    }

    /// An answer with a value as JSON.
    static func json(_ value: some Encodable, status: HTTPResponse.Status = .ok) throws -> Response {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        return .text(status, String(decoding: try encoder.encode(value), as: UTF8.self))
    }
}
