/// What one read by key came to: the record, a refusal, or neither.
///
/// A source reports it for every key of a chunk of keys. It does not judge: whether a refusal means that the record is
/// gone is decided by ``KeyProof``, which compares answers of one run.
public struct KeyAnswer: Sendable, Hashable {
    /// What came back.
    public enum Outcome: Sendable, Hashable {
        /// One record, whose own key is the one asked for.
        case found
        /// An answer that holds no record.
        case denied(KeyDenial)
        /// An answer that is neither, such as another record than the one asked for; in words.
        case unclear(String)
    }

    /// The key, as the call was made with it.
    public let key: String
    /// What came back.
    public let outcome: Outcome

    /// What one read by key says of `key`; one call, one answer.
    public init(key: String, outcome: Outcome) {
        self.key = key
        self.outcome = outcome
    }
}

/// An answer to a read by key that holds no record, reduced to its form.
///
/// Two answers are of one form when status and words are the same, each with its own key taken out, white space and
/// letter case aside. The words are never searched for phrases: what a platform says when its database is away can
/// read like what it says of a record it does not know.
public struct KeyDenial: Sendable, Hashable {
    /// The HTTP status and the words, with `{key}` in place of the key asked for.
    public let form: String
    /// Whether the status itself says that the address is not known (404, 410).
    private let isNotFound: Bool

    /// The denial that a status and some words make for a key.
    public init(status: Int?, words: String, key: String) {
        let status = status ?? 200
        form = "\(status) " + KeyDenial.form(of: words, key)
        isNotFound = status == 404 || status == 410
    }

    /// An answer that says OK and holds no record.
    public static let empty = KeyDenial(status: 200, words: "(no record)", key: "")

    /// Whether the answer says of this very key that there is no record: "not found" by its status, and the key by
    /// name.
    ///
    /// A key that stands in a path (`/get/J001`) is the address that was called, and names no record.
    public var saysNotFound: Bool { isNotFound && namesKey }

    /// Whether the words name the key.
    public var namesKey: Bool { form.contains("{key}") && !form.contains("/{key}") }

    /// Words in lower case with single blanks, in which `{key}` stands wherever the key stood as a word.
    private static func form(of words: String, _ key: String) -> String {
        let text = Array(folded(words).utf8)
        let key = Array(folded(key).utf8)
        guard !key.isEmpty else { return String(decoding: text, as: UTF8.self) }
        var form: [UInt8] = []
        var place = 0
        while place < text.count {
            let end = place + key.count
            if end <= text.count, text[place..<end].elementsEqual(key), place == 0 || !isOfWord(text[place - 1]),
                end == text.count || !isOfWord(text[end])
            {
                form += Array("{key}".utf8)
                place = end
            } else {
                form.append(text[place])
                place += 1
            }
        }
        return String(decoding: form, as: UTF8.self)
    }

    private static func folded(_ text: String) -> String {
        text.lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    private static func isOfWord(_ byte: UInt8) -> Bool {
        byte >= 0x80 || (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte)
    }
}
