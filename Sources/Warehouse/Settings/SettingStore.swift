internal import Foundation
public import Inflow
internal import Postgres

/// The tables of schema `setting` of one connection: loads files of settings into them, and gives them back as files.
///
/// One transaction loads the whole file or nothing. A report that is read meanwhile shows the rows before it.
public struct SettingStore: Sendable {
    private let warehouse: Warehouse
    private let connection: Connection

    /// The settings of a connection; reads nothing before it is asked.
    public init(_ warehouse: Warehouse, _ connection: Connection) {
        self.warehouse = warehouse
        self.connection = connection
    }

    /// What a file changed, in rows.
    public struct Change: Sendable, Hashable, Encodable {
        /// Rows that were new.
        public var added = 0
        /// Rows that had other values.
        public var changed = 0
        /// Rows that were so already.
        public var unchanged = 0
        /// Rows that were not in the file and were deleted.
        public var removed = 0
        /// Rows that are not in the file and stay.
        public var others = 0

        /// What became of the rows of the file, and how many others went.
        public var words: String {
            "\(added) added, \(changed) changed, \(unchanged) unchanged, \(removed) removed."
        }
    }

    /// How loading a file ended.
    public enum Outcome: Sendable, Hashable {
        /// All of it is in the table.
        case loaded(Change)
        /// Nothing was changed, for these faults.
        case refused(SettingFileFaults)
    }

    /// Loads a file: adds its rows and changes those that differ; with `replacing`, deletes the rows that it lacks.
    ///
    /// The audit log says how many rows of which table.
    public func load(
        _ file: SettingFile, replacing: Bool, by doer: Doer
    ) async throws(WarehouseError) -> Outcome {
        try await write(file, replacing: replacing) { change in
            self.entry(
                .reportSettingsLoaded, file.table, by: doer,
                [
                    "added": "\(change.added)", "changed": "\(change.changed)", "removed": "\(change.removed)",
                ])
        }
    }

    /// Adds the row of a file with one, or changes the row of its key.
    ///
    /// The audit log says which row, without its amounts: it is kept longer than what people earn needs to be.
    public func save(_ row: SettingFile, by doer: Doer) async throws(WarehouseError) -> Outcome {
        let key = zip(row.table.columns, row.rows.first?.values ?? []).filter(\.0.isKey)
        let details = Dictionary(key.map { ($0.0.heading, $0.1 ?? "") }, uniquingKeysWith: { $1 })
        return try await write(row, replacing: false) { change in
            let outcome = change.added > 0 ? "added" : change.changed > 0 ? "changed" : "unchanged"
            return self.entry(
                .reportSettingSaved, row.table, by: doer, details.merging(["outcome": outcome]) { $1 })
        }
    }

    /// Removes the row with this key, written as ``rows(of:)`` gives it; `false` where there is none.
    public func remove(
        _ key: [String], of table: SettingTable, by doer: Doer
    ) async throws(WarehouseError) -> Bool {
        let id = connection.id
        let places = table.columns.indices.filter { table.columns[$0].isKey }
        let details = Dictionary(
            zip(places, key).map { (table.columns[$0].heading, $1) }, uniquingKeysWith: { $1 })
        let entry = entry(.reportSettingRemoved, table, by: doer, details)
        return try await warehouse.transaction(
            purpose: "setting", doing: "removing a row of setting.\(table.rawValue)"
        ) { session throws(PostgresError) in
            // What nobody knows any more has no name that could be looked up: the row is found as it is shown.
            let found = try SettingStore.rows(of: table, id, session).first { row in
                places.map { row.written[$0] ?? "" } == key
            }
            guard let found else { return false }
            let parameters = places.map { place in found.stored[place].map { PostgresParameter.text($0) } ?? .null }
            let removed = try session.query(SettingSQL(table).remove, [.int64(id)] + parameters).affectedRows
            if removed > 0 { try AuditLog.write(entry, session) }
            return removed > 0
        }
    }

    /// The names that the first column of a table may hold: people where a name is theirs alone, or states.
    public func names(for table: SettingTable) async throws(WarehouseError) -> [String] {
        let id = connection.id
        return try await warehouse.perform(purpose: "setting", doing: "reading names for setting.\(table.rawValue)") {
            session throws(PostgresError) in try SettingNames(table, jobs: [], of: id, session).all
        }
    }

    private func entry(
        _ action: AuditAction, _ table: SettingTable, by doer: Doer, _ details: [String: String]
    ) -> AuditEntry {
        AuditEntry(action, by: doer, connection: connection.name, subject: table.rawValue, details: details)
    }

    private func write(
        _ file: SettingFile, replacing: Bool, noting entry: @escaping @Sendable (Change) -> AuditEntry
    ) async throws(WarehouseError) -> Outcome {
        let id = connection.id
        return try await warehouse.transaction(purpose: "setting", doing: "loading setting.\(file.table.rawValue)") {
            session throws(PostgresError) in
            let wanted = file.rows.flatMap(\.values).compactMap(\.self)
            let names = try SettingNames(file.table, jobs: wanted, of: id, session)
            let named: SettingFile.Rows
            switch file.named(by: names) {
            case .success(let rows): named = rows
            case .failure(let faults): return .refused(faults)
            }
            let rows = PostgresParameter.text(named.json)
            let sql = SettingSQL(file.table)
            var change = Change()
            let written = try session.query(sql.write, [.int64(id), rows]).read { row throws(PostgresError) in
                try row.bool("is_new")
            }
            change.added = written.count { $0 }
            change.changed = written.count - change.added
            change.unchanged = file.rows.count - written.count
            if replacing {
                change.removed = try session.query(sql.removeOthers, [.int64(id), rows]).affectedRows
            } else {
                change.others = try session.query(sql.countOthers, [.int64(id), rows])[0].int("rows")
            }
            try AuditLog.write(entry(change), session)
            return .loaded(change)
        }
    }

    /// The rows of a table as a file has them, by column: people by name where that is theirs alone.
    public func rows(of table: SettingTable) async throws(WarehouseError) -> [[String?]] {
        let id = connection.id
        return try await warehouse.perform(purpose: "setting", doing: "reading setting.\(table.rawValue)") {
            session throws(PostgresError) in try SettingStore.rows(of: table, id, session).map(\.written)
        }
    }

    /// The rows as the table keeps them, and as a file has them.
    private static func rows(
        of table: SettingTable, _ id: Int64, _ session: isolated PostgresConnection
    ) throws(PostgresError) -> [(stored: [String?], written: [String?])] {
        let names = try SettingNames(table, jobs: [], of: id, session)
        return try session.query(SettingSQL(table).list, [.int64(id)]).read { row throws(PostgresError) in
            var (stored, written) = ([String?](), [String?]())
            for column in table.columns {
                let value = try row.optionalText(column.name)
                stored.append(value)
                written.append(column.kind == .staff ? value.map(names.written(staff:)) : value)
            }
            return (stored, written)
        }
    }

    /// A table as the text of a file that ``load(_:replacing:)`` takes.
    public func text(of table: SettingTable) async throws(WarehouseError) -> String {
        let rows = try await rows(of: table)
        return CommaSeparatedText.text(of: [table.columns.map(\.heading)] + rows.map { $0.map { $0 ?? "" } })
    }
}

extension SettingFile {
    /// Rows whose names have become what the table keeps.
    fileprivate struct Rows {
        let columns: [SettingTable.Column]
        let values: [[String?]]

        /// One JSON array of objects, by column.
        var json: String {
            let objects = values.map { row in
                let pairs = zip(columns, row).map { "\(Rows.text($0.name)):\($1.map(Rows.text) ?? "null")" }
                return "{" + pairs.joined(separator: ",") + "}"
            }
            return "[" + objects.joined(separator: ",") + "]"
        }

        private static func text(_ value: String) -> String {
            // An array of one text, without its brackets: the encoder knows what must be escaped.
            let array = (try? JSONEncoder().encode([value])) ?? Data("[null]".utf8)
            return String(decoding: array.dropFirst().dropLast(), as: UTF8.self)
        }
    }

    /// The rows with the identifiers, numbers and states of the tables; every fault where any name is not known, or two
    /// lines are about the same.
    fileprivate func named(by names: SettingNames) -> Result<Rows, SettingFileFaults> {
        var (values, faults) = ([[String?]](), [SettingFileFault]())
        var lines: [[String?]: Int] = [:]
        for row in rows {
            var named: [String?] = []
            for (column, value) in zip(table.columns, row.values) {
                switch value.map({ names.value($0, column) }) {
                case .success(let known): named.append(known)
                case .failure(let unknown):
                    faults.append(SettingFileFault(line: row.line, "\(column.heading): \(unknown.words)"))
                    named.append(value)
                case nil: named.append(nil)
                }
            }
            let key = zip(table.columns, named).filter(\.0.isKey).map(\.1)
            if let earlier = lines[key] {
                faults.append(SettingFileFault(line: row.line, "It is about the same as line \(earlier)."))
            }
            lines[key] = lines[key] ?? row.line
            values.append(named)
        }
        guard faults.isEmpty else { return .failure(SettingFileFaults(faults)) }
        return .success(Rows(columns: table.columns, values: values))
    }
}
