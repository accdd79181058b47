internal import Foundation
internal import Inflow
internal import Postgres
internal import SQLFiles

/// The people, jobs and states that files of settings may name, as the tables know them.
struct SettingNames: Sendable {
    /// A person by identifier, with every name that the tables have of them.
    private var names: [String: Set<String>] = [:]
    /// The people who have or had a name, by the name without regard to case and blanks.
    private var owners: [String: Set<String>] = [:]
    /// The people by identifier in lower case.
    private var identifiers: [String: String] = [:]
    private var jobs: Set<String> = []
    /// States as they are spelled, by the same in lower case.
    private var states: [String: String] = [:]

    /// Reads what rows of a table need: all people, all states, of jobs only those that are named.
    init(
        _ table: SettingTable, jobs wanted: [String], of connection: Int64, _ session: isolated PostgresConnection
    ) throws(PostgresError) {
        let kinds = Set(table.columns.map(\.kind))
        let id = PostgresParameter.int64(connection)
        if kinds.contains(.staff) {
            let people = try session.query(Statements.settingStaff, [id]).read { row throws(PostgresError) in
                (try row.text("staff_uuid"), try row.optionalText("name"))
            }
            for (uuid, name) in people {
                var known = names[uuid, default: []]
                if let name { known.insert(name) }
                names[uuid] = known
                identifiers[uuid.lowercased()] = uuid
                if let name { owners[SettingNames.folded(name), default: []].insert(uuid) }
            }
        }
        if kinds.contains(.job) {
            jobs = Set(try session.query(Statements.settingJobs, [id, .textArray(wanted)]).texts("job_number"))
        }
        if kinds.contains(.state) {
            for state in try session.query(Statements.settingStates, [id]).texts("state") {
                states[state.lowercased()] = state
            }
        }
    }

    /// What the table keeps for a text of the file.
    func value(_ text: String, _ column: SettingTable.Column) -> Result<String, UnknownName> {
        switch column.kind {
        case .staff: person(text)
        case .job:
            jobs.contains(text)
                ? .success(text) : .failure(UnknownName("no job and no time entry has the number \"\(text)\"."))
        case .state:
            states[text.lowercased()].map { .success($0) }
                ?? .failure(
                    UnknownName(
                        "no job is or can be in the state \"\(text)\". The states are: "
                            + "\(states.values.sorted().joined(separator: ", "))."))
        case .day, .amount, .hours, .share: .success(text)
        }
    }

    private func person(_ text: String) -> Result<String, UnknownName> {
        let plain = SettingNames.folded(text)
        let identifier = plain.trimmingCharacters(in: ["{", "}"])
        if let uuid = identifiers[identifier] { return .success(uuid) }
        let found = (owners[plain] ?? []).sorted()
        switch found.count {
        case 1: return .success(found[0])
        case 0:
            return .failure(
                UnknownName(
                    "nobody in the list of staff or in a time entry is called \"\(text)\" or has it as identifier."))
        default:
            return .failure(
                UnknownName(
                    "\(found.count) people are called \"\(text)\". Write the identifier: "
                        + "\(found.joined(separator: " or "))."))
        }
    }

    /// What people write for an identifier: the name where it is this person's alone, else the identifier.
    func written(staff uuid: String) -> String {
        let name = names[uuid]?.sorted().first { owners[SettingNames.folded($0)]?.count == 1 }
        return name ?? uuid
    }

    /// What can be written for the first column: each person as ``written(staff:)``, or each state, in order.
    var all: [String] { (names.keys.map(written(staff:)) + states.values).sorted() }

    private static func folded(_ name: String) -> String {
        name.split(whereSeparator: \.isWhitespace).joined(separator: " ").lowercased()
    }
}

/// Why a name of a file stands for nothing, or for several things.
struct UnknownName: Error {
    let words: String
    init(_ words: String) { self.words = words }
}
