/// Keeps a run from marking more rows as deleted than is likely to be true: a person decides instead.
///
/// It is judged on everything that is missing, before anything is asked for by key and again before anything is marked:
/// who loses sight of colleagues' records gets the same answers by key as for records that are gone. One run may stay
/// below its limit night after night, so the last seven days have a limit too.
public struct DeletionBrake: Sendable, Hashable {
    private let runRows: Int
    private let weekRows: Int

    /// The brake with the shares and numbers that the connection's settings `brake-…` allow.
    public init(_ settings: ConnectionSettings) {
        (runRows, weekRows) = (settings.brakeRunRows, settings.brakeWeekRows)
    }

    /// Why rows are held, in words; `nil` where they need not be.
    ///
    /// `rows` are missing or held now; `marked` were marked in the last seven days without a person's approval.
    public func reason(rows: Int, marked: Int) -> String? {
        if rows > runRows {
            return "the run would have marked \(rows) rows, and the setting brake-run-rows allows \(runRows)"
        }
        if rows + marked > weekRows {
            return "\(marked) rows were marked in seven days and \(rows) more are missing; the setting brake-week-rows "
                + "allows \(weekRows)"
        }
        return nil
    }
}
