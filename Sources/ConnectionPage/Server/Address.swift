internal import Foundation

/// Addresses on this server.
enum Address {
    /// The page of a connection.
    static func connection(_ name: String) -> String { "/connections/\(part(name))" }

    /// A text as one part of a path, or as a value in a question.
    static func part(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: allowed) ?? ""
    }

    /// Whether a text leads to a page of this server and nowhere else.
    static func isLocal(_ text: String) -> Bool {
        text.hasPrefix("/") && !text.hasPrefix("//") && !text.contains("\\")
            && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }

    private static let allowed = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
}
