/// The type of a field's values: what the platform calls the element that carries them.
enum CustomValueType: String, CaseIterable, Sendable {
    case text, date, number, decimal, boolean

    /// The type that a definition's `ValueElement` names; text where it names none that is known, since any value is
    /// kept as what it was sent as.
    init(valueElement: String?) {
        self = CustomValueType(rawValue: valueElement?.lowercased() ?? "") ?? .text
    }

    /// The column of the tables of values that holds such values.
    var column: String { "\(rawValue)_value" }
}
