import Foundation

/// A password that is good enough to be stored, as the bytes that are hashed; it never shows its text.
///
/// Length is all that is asked, as NIST SP 800-63B advises: rules about digits and signs make passwords that people
/// write down. Texts that Unicode takes for the same are the same password, whatever keyboard wrote them.
public struct NewPassword: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Why a text is no password.
    public enum Fault: Error, Sendable, Hashable, CaseIterable, CustomStringConvertible {
        /// It has fewer than ``NewPassword/fewestCharacters`` characters.
        case short
        /// It has more than ``NewPassword/mostBytes`` bytes of UTF-8.
        case long
        /// It is the name of the account.
        case name

        /// What is wrong, as a sentence that does not quote the password.
        public var description: String {
            switch self {
            case .short: "A password needs \(NewPassword.fewestCharacters) characters at least."
            case .long: "A password has \(NewPassword.mostBytes) bytes at most."
            case .name: "The password must not be the name of the account."
            }
        }
    }

    /// How many characters a password has at least.
    public static let fewestCharacters = 12
    /// How many bytes of UTF-8 a password has at most, so that a request cannot make Inflow hash a book.
    public static let mostBytes = 1_024

    /// The bytes that are hashed.
    public let bytes: [UInt8]
    /// Words in place of the password.
    public var description: String { "a password" }
    /// Words in place of the password.
    public var debugDescription: String { description }
    /// Nothing, so that no dump shows the password.
    public var customMirror: Mirror { Mirror(self, children: [:]) }

    /// Takes a text as the password of an account.
    public init(_ text: String, of name: PageName) throws(Fault) {
        guard text.utf8.count <= NewPassword.mostBytes else { throw .long }
        guard text.precomposedStringWithCompatibilityMapping.unicodeScalars.count >= NewPassword.fewestCharacters else {
            throw .short
        }
        guard PageName.folded(text) != name.folded else { throw .name }
        guard let bytes = NewPassword.bytes(text) else { throw .short }
        self.bytes = bytes
    }

    /// The bytes of a typed password that are compared; `nil` for one that no account has, being empty or too long.
    public static func bytes(_ text: String) -> [UInt8]? {
        guard !text.isEmpty, text.utf8.count <= mostBytes else { return nil }
        return Array(text.precomposedStringWithCompatibilityMapping.utf8)
    }
}
