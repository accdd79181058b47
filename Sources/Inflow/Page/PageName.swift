import Foundation

/// The name of a user, of a token of the API or of a group: 1 to 64 characters that a screen shows as they are.
public struct PageName: Sendable, Hashable, CustomStringConvertible {
    /// Why a text is no name.
    public enum Fault: Error, Sendable, Hashable, CaseIterable, CustomStringConvertible {
        /// It is empty, or has blanks around it.
        case blank
        /// It has more than 64 characters.
        case long
        /// It begins with a dash, as an option does.
        case dash
        /// It holds a line feed or another character that is not shown.
        case control

        /// What is wrong, as a sentence.
        public var description: String {
            switch self {
            case .blank: "A name must not be empty nor have blanks around it."
            case .long: "A name has 64 characters at most."
            case .dash: "A name must not begin with a dash."
            case .control: "A name must not hold line feeds or other characters that are not shown."
            }
        }
    }

    /// The name as it was given.
    public let text: String
    /// The name by which the account is found; see ``folded(_:)``.
    public var folded: String { PageName.folded(text) }
    /// The name as it was given.
    public var description: String { text }

    /// Takes a text as a name.
    public init(_ text: String) throws(Fault) {
        guard !text.isEmpty, text == text.trimmed else { throw .blank }
        guard text.unicodeScalars.count <= 64 else { throw .long }
        guard !text.hasPrefix("-") else { throw .dash }
        guard !text.holdsControlCharacters else { throw .control }
        self.text = text
    }

    /// Any text as accounts are compared: without regard to case, to blanks around it and to how Unicode spells it.
    ///
    /// Spellings that look alike but are other letters (a Cyrillic "а") stay different.
    public static func folded(_ text: String) -> String {
        let lower = text.trimmed.precomposedStringWithCompatibilityMapping.lowercased()
        return lower.precomposedStringWithCompatibilityMapping
    }
}
