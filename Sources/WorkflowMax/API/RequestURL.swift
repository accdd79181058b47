/// Text as it may stand in an address.
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
        let isDots = text.utf8.allSatisfy { $0 == 0x2E }
        var encoded: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F, 0x7E: encoded.append(byte)
            case 0x2E where !isDots: encoded.append(byte)
            default: encoded += [0x25, hexadecimal(byte >> 4), hexadecimal(byte & 15)]
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }

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

    private static func hexadecimal(_ value: UInt8) -> UInt8 {
        value < 10 ? 0x30 + value : 0x41 + value - 10
    }
}
