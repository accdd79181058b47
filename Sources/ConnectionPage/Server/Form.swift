internal import Foundation

/// The fields of a form or of an address's question, in the order sent.
struct Form: Sendable {
    /// A file that a person chose.
    struct File: Sendable {
        /// Its name on the person's machine.
        let name: String
        /// What it holds.
        let bytes: Data

        /// What it holds, as text; `nil` where it is not UTF-8.
        var text: String? { String(data: bytes, encoding: .utf8) }
    }

    private let fields: [(name: String, value: String)]
    private let files: [(field: String, file: File)]

    /// Reads `name=value&…`, with `+` for a blank and `%` before two hexadecimal digits.
    ///
    /// A field that is not such text is left out, as if it had not been sent.
    init(_ text: some StringProtocol) {
        fields = text.split(separator: "&").compactMap { field in
            let parts = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Form.decoded(parts[0]), let value = Form.decoded(parts.count > 1 ? parts[1] : "") else {
                return nil
            }
            return (name, value)
        }
        files = []
    }

    /// Reads the body of a form with files: parts between lines that a boundary begins (RFC 7578).
    ///
    /// A part without a name, or whose value is not UTF-8, is left out, as is a file that was not chosen.
    init(_ body: Data, boundary: String) {
        let mark = Data("--\(boundary)".utf8)
        var fields: [(name: String, value: String)] = []
        var files: [(field: String, file: File)] = []
        var place = body.range(of: mark)?.upperBound
        while let begin = place,
            let end = body.range(of: Data("\r\n".utf8) + mark, in: begin..<body.endIndex),
            let head = body.range(of: Data("\r\n\r\n".utf8), in: begin..<end.upperBound)
        {
            let value = head.upperBound <= end.lowerBound ? body[head.upperBound..<end.lowerBound] : Data()
            let words = String(decoding: body[begin..<head.lowerBound], as: UTF8.self)
            if let name = words.firstMatch(of: /;\s*name="([^"]*)"/)?.1 {
                if let file = words.firstMatch(of: /;\s*filename="([^"]*)"/)?.1 {
                    if !file.isEmpty { files.append((String(name), File(name: String(file), bytes: value))) }
                } else if let text = String(data: value, encoding: .utf8) {
                    fields.append((String(name), text))
                }
            }
            place = end.upperBound
        }
        (self.fields, self.files) = (fields, files)
    }

    /// Reads the body of a request as its type says.
    init(_ body: Data, type: String?) {
        let boundary = type.flatMap { type in
            type.lowercased().hasPrefix("multipart/form-data")
                ? type.firstMatch(of: /boundary=(?:"([^"]+)"|([^;\s]+))/).flatMap { $0.1 ?? $0.2 } : nil
        }
        if let boundary {
            self.init(body, boundary: String(boundary))
        } else {
            self.init(String(decoding: body, as: UTF8.self))
        }
    }

    /// The file that was chosen in a field; `nil` where none was.
    func file(_ name: String) -> File? { files.first { $0.field == name }?.file }

    /// The value of the first field of a name, without blanks around it; `nil` where there is none or it is empty.
    subscript(_ name: String) -> String? {
        let value = raw(name)?.trimmingCharacters(in: .whitespacesAndNewlines)
        return value?.isEmpty == true ? nil : value
    }

    /// The value of the first field of a name as it was sent, such as a password.
    func raw(_ name: String) -> String? { fields.first { $0.name == name }?.value }

    /// The values of all fields of a name that are not empty.
    func all(_ name: String) -> [String] { fields.filter { $0.name == name && !$0.value.isEmpty }.map(\.value) }

    /// The names of all fields.
    var names: [String] { fields.map(\.name) }

    /// Whether a box was ticked.
    func isTicked(_ name: String) -> Bool { raw(name) != nil }

    private static func decoded(_ text: Substring) -> String? {
        text.replacingOccurrences(of: "+", with: " ").removingPercentEncoding
    }
    private static func decoded(_ text: some StringProtocol) -> String? { decoded(Substring(text)) }
}
