internal import Inflow
internal import Postgres
internal import SQLFiles

/// How far a kind of values is read that costs a call for each record, as the last run that read values counted.
struct ValueState {
    /// Whether the setting `values` named it then.
    let isRead: Bool
    /// Records that can be asked for.
    let records: Int
    /// Those of them whose values are not all here.
    let waiting: Int
    /// Whether all values are here, and no record has changed since they were counted.
    let isComplete: Bool

    /// The kinds of a connection, by entity; one that no run has counted yet has none.
    static func read(
        _ connection: Int64, _ session: isolated PostgresConnection
    ) throws(PostgresError) -> [String: ValueState] {
        var states: [String: ValueState] = [:]
        for row in try session.query(Statements.valueStates, [.int64(connection)]) {
            states[try row.text("entity")] = ValueState(
                isRead: try row.bool("is_read"), records: try row.int("records"), waiting: try row.int("waiting"),
                isComplete: try row.bool("is_complete"))
        }
        return states
    }

    /// The share (percent) of the records whose values are here; 100 only where those of all are.
    var percent: Int { records == 0 ? 100 : (records - waiting) * 100 / records }

    /// What it proves.
    var completeness: Completeness {
        if !isRead { return .leftOut }
        if waiting > 0 { return .partial(percent: percent) }
        return isComplete ? .complete : .changedSince
    }
}
