internal import Foundation

/// The fields of a form or of an address's question, in the order sent.
struct Form: Sendable {
    private let fields: [(name: String, value: String)]

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
    }

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
