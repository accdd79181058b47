internal import Foundation

/// Makes the addresses of requests, each part percent-encoded.
enum RequestURL {
    /// A parameter of a query.
    struct Parameter: Sendable, Hashable {
        let name: String
        let value: String
    }

    /// Percent-encodes everything but the unreserved characters of RFC 3986.
    ///
    /// `/` is encoded too: quote revisions are called `Q000512/1` (reference §2.1). A text of dots only, which a path
    /// would lose, has its dots encoded.
    static func encode(_ text: String) -> String {
        if text.allSatisfy({ $0 == "." }) { return text.replacing(".", with: "%2E") }
        // Every Swift string can be encoded as UTF-8, which is the one thing that could fail.
        return text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
    }

    private static let unreserved = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")

    /// `name=value&…`, each part percent-encoded; as a query and as a form's body.
    static func form(_ parameters: [Parameter]) -> String {
        parameters.map { "\(encode($0.name))=\(encode($0.value))" }.joined(separator: "&")
    }

    /// The address of a path below a base, `{key}` filled; `nil` when the base has a query or a fragment.
    static func of(base: String, path: String, key: String?, query: [Parameter]) -> String? {
        guard !base.isEmpty, !base.contains("?"), !base.contains("#") else { return nil }
        let root = base.hasSuffix("/") ? String(base.dropLast()) : base
        return "\(root)/\(relative(path: path, key: key, query: query))"
    }

    /// The part of an address below the base.
    static func relative(path: String, key: String?, query: [Parameter]) -> String {
        let filled = path.replacing("{key}", with: key.map(encode) ?? "")
        return query.isEmpty ? filled : "\(filled)?\(form(query))"
    }
}
