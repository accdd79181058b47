/// What the answer to one record lacks of the rows it had: the costs of a job, the custom fields of a client.
public struct ParentLoss: Sendable, Hashable {
    /// The key of the requests for the record.
    public var parent: String
    /// Live rows that it had before the run.
    public var rows: Int
    /// Rows among them that the answer did not hold and that no person has decided about.
    public var missing: Int
    /// Whether the answer held nothing of it.
    public var isEmptied: Bool
    /// Whether the record itself changed between this answer and the one before.
    public var hasChanged: Bool

    /// The loss of one record.
    public init(parent: String, rows: Int, missing: Int, isEmptied: Bool, hasChanged: Bool) {
        self.parent = parent
        self.rows = rows
        self.missing = missing
        self.isEmptied = isEmptied
        self.hasChanged = hasChanged
    }
}

/// Whether what is missing of an entity that is read per record looks like deletions, or like an error of the platform.
///
/// A person who takes out a cost or clears a field does so on few records at a time, and mostly changes the record by
/// it. So the brake looks for two things: rows that vanish from records that did not change, judged over all of them
/// and over each alone by the settings brake-rows and brake-percent; and records that lose all their rows, changed or
/// not.
public struct PerParentBrake: Sendable {
    /// Records that may lose all their rows in one run.
    public static let mostEmptied = 5

    private let settings: ConnectionSettings

    /// A brake by the connection's settings.
    public init(_ settings: ConnectionSettings) {
        self.settings = settings
    }

    /// Why all that is missing of an entity is to be held for a person; `nil` when it may be marked.
    ///
    /// `rowsRead` counts the rows that the records read in this run had before.
    public func reasonToHold(_ losses: [ParentLoss], rowsRead: Int) -> String? {
        let emptied = losses.filter { $0.isEmptied && $0.missing > 0 }.count
        if emptied > PerParentBrake.mostEmptied {
            return "\(emptied) records lost all their rows in one run, and Inflow marks those of up to "
                + "\(PerParentBrake.mostEmptied) unasked"
        }
        let unchanged = losses.filter { !$0.hasChanged }
        let missing = unchanged.reduce(0) { $0 + $1.missing }
        if isMuch(missing, of: rowsRead) {
            return "\(missing) of \(rowsRead) rows vanished from records that had not changed"
        }
        if let worst = unchanged.filter({ isMuch($0.missing, of: $0.rows) }).max(by: { $0.missing < $1.missing }) {
            return "\(worst.missing) of \(worst.rows) rows vanished from \(worst.parent), which had not changed"
        }
        return nil
    }

    /// Why the missing rows of all entities are to be held, as the run would mark more than it may; `nil` when it may.
    ///
    /// `marked` is how many the last seven days have marked.
    public func reasonToHold(all missing: Int, marked: Int) -> String? {
        missing > 0 ? DeletionBrake(settings).reason(rows: missing, marked: marked) : nil
    }

    private func isMuch(_ missing: Int, of rows: Int) -> Bool {
        missing > settings.brakeRows && missing * 100 > settings.brakePercent * rows
    }
}
