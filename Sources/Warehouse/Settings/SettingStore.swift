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
    }

    /// How loading a file ended.
    public enum Outcome: Sendable, Hashable {
        /// All of it is in the table.
        case loaded(Change)
        /// Nothing was changed, for these faults.
        case refused(SettingFileFaults)
    }

    /// Loads a file: adds its rows and changes those that differ; with `replacing`, deletes the rows that it lacks.
    public func load(_ file: SettingFile, replacing: Bool) async throws(WarehouseError) -> Outcome {
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
            return .loaded(change)
        }
    }

    /// The rows of a table as a file has them, by column: people by name where that is theirs alone.
    public func rows(of table: SettingTable) async throws(WarehouseError) -> [[String?]] {
        let id = connection.id
        return try await warehouse.perform(purpose: "setting", doing: "reading setting.\(table.rawValue)") {
            session throws(PostgresError) in
            let names = try SettingNames(table, jobs: [], of: id, session)
            return try session.query(SettingSQL(table).list, [.int64(id)]).read { row throws(PostgresError) in
                var values: [String?] = []
                for column in table.columns {
                    let value = try row.optionalText(column.name)
                    values.append(column.kind == .staff ? value.map(names.written(staff:)) : value)
                }
                return values
            }
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
