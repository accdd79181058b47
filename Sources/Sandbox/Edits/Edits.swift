/// A change to one row, made through the control endpoints.
///
/// Changes lie beside the rows and never in them: taking them back restores the organisation of the seed exactly. A
/// value is set by its path in the XML, so a test can write anything the platform might, also what no row could hold.
/// What other parts of the sandbox must know is kept apart from the text: whether the row is deleted, its number and
/// identifier, the day it is filed under, and when it was modified.
///
/// `EditRequest` is the same change as a test sends it, and what `Mutator` invents at random.
struct RowEdit: Sendable, Hashable {
    /// Values by path below the row, such as `Name`, `Client/UUID` or `Costs/Cost[2]/Amount`, counted from 1.
    ///
    /// A nil value takes the element out, with all it holds; the path of an element that is not there adds it at the
    /// end of its parent.
    var set: [String: String?] = [:]
    /// The number it has instead of its own, also where other rows name it.
    var number: String?
    /// Takes the row out of every answer.
    var isDeleted = false
    /// The day the row is filed under, if it was moved.
    var day: Int?
    /// When the row was last changed, in seconds since 1970; for the modified-since filters.
    var modified: Int?
}

/// The place of a custom field's value: a row, and the position of the definition.
struct FieldPlace: Sendable, Hashable {
    var kind: RowKind
    var index: Int
    var position: Int
}

/// All changes to one organisation.
struct Edits: Sendable {
    private var rows: [RowKind: [Int: RowEdit]] = [:]
    /// Values of custom fields that were set (a text) or cleared (nil).
    private var values: [FieldPlace: String?] = [:]
    /// Counts the changes, so that stale cached bodies can be recognised.
    private(set) var generation = 0

    /// Whether any row of the kind was changed.
    func touches(_ kind: RowKind) -> Bool {
        rows[kind] != nil
    }

    /// The change of one row, if any.
    func edit(_ kind: RowKind, _ index: Int) -> RowEdit? {
        rows[kind]?[index]
    }

    /// The number a row was given instead of its own, if any.
    func number(_ kind: RowKind, _ index: Int) -> String? {
        rows[kind]?[index]?.number
    }

    /// The row that was given a number.
    func index(_ kind: RowKind, numbered text: String) -> Int? {
        rows[kind]?.filter { $0.value.number?.uppercased() == text }.keys.min()
    }

    /// The identifier a row was given instead of its own, as it is written.
    func identifier(_ kind: RowKind, _ index: Int) -> String? {
        let set = rows[kind]?[index]?.set
        return set?["UUID"] ?? set?["InternalUUID"] ?? nil
    }

    /// The row that was given an identifier; case and surrounding blanks do not count.
    func index(_ kind: RowKind, identified text: String) -> Int? {
        func plain(_ text: String) -> String {
            String(text.filter { !$0.isWhitespace }).lowercased()
        }
        return rows[kind]?.keys.sorted().first { identifier(kind, $0).map(plain) == plain(text) }
    }

    /// The rows of a kind that are deleted, in order.
    func deleted(_ kind: RowKind) -> [Int] {
        (rows[kind] ?? [:]).filter(\.value.isDeleted).keys.sorted()
    }

    /// What became of a custom field's value; nil when it was not touched, a nil inside when it was cleared.
    func value(_ place: FieldPlace) -> String?? {
        values[place]
    }

    /// Sets a custom field's value, clears it with nil, or with a nil inside takes the change back.
    mutating func setValue(_ place: FieldPlace, _ value: String??) {
        if let value { values[place] = .some(value) } else { values[place] = nil }
        generation += 1
    }

    mutating func change(_ kind: RowKind, _ index: Int, _ body: (inout RowEdit) -> Void) {
        var edit = rows[kind]?[index] ?? RowEdit()
        body(&edit)
        if edit == RowEdit() {
            rows[kind]?[index] = nil
        } else {
            rows[kind, default: [:]][index] = edit
        }
        if rows[kind]?.isEmpty == true { rows[kind] = nil }
        generation += 1
    }

    /// Undoes every change: the organisation is again as it was generated.
    mutating func removeAll() {
        rows.removeAll()
        values.removeAll()
        generation += 1
    }
}
