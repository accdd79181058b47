public import Foundation
public import Inflow
internal import Postgres

/// The open and draft documents that the platform's open lists (sweeps) name, and those that have left these lists.
///
/// A document that is paid, approved or deleted leaves the open lists without a word. After all lists of an entity
/// were read, those that the lists before named and these do not are read by key, or by their month where that costs
/// fewer calls. They stay noted (`seen_at` is the epoch) until an answer has held them, or they are noted as missing
/// (``MissingRows``) since no answer has, so that a run that stops in between loses none.
public struct OpenDocuments: Sendable {
    private let warehouse: Warehouse
    private let connection: Connection

    /// The open documents of one connection; reads nothing before it is asked.
    public init(_ warehouse: Warehouse, _ connection: Connection) {
        self.warehouse = warehouse
        self.connection = connection
    }

    /// Documents to read since they have left the open lists: by key, or by whole months where these cost fewer calls.
    public struct Left: Sendable, Hashable {
        /// What `get` asks for, of single records.
        public var keys: [String] = []
        /// Months, by their first days.
        public var months: [LocalDate] = []
        /// Whether the lists held nothing although the lists before held something.
        public var listsAreEmpty = false
    }

    /// Finds documents that are open or draft in the table and absent from all sweeps asked for since `swept`.
    ///
    /// Those are what the sweep before listed, and what has been written since that sweep and is in one of the states
    /// of the documents that are listed now. Documents of a month that was read whole after the sweeps are known
    /// already.
    public func findLeft(_ entity: EntityDefinition, swept: Instant) async throws(WarehouseError) -> Left {
        let parameters: [PostgresParameter] = [.int64(connection.id), .text(entity.name), .timestamp(swept)]
        let zone = connection.settings.timeZone.identifier
        return try await warehouse.perform(
            purpose: "coverage", doing: "finding what has left the open lists of \(entity.name)"
        ) {
            session throws(PostgresError) in
            let rows = try session.query(CoverageSQL(entity).findLeft, parameters + [.text(zone)])
            try session.query(
                "update inflow.sweep set swept_at = $3 where connection_id = $1 and entity = $2", parameters)
            return try OpenDocuments.left(rows, canGet: entity.get != nil)
        }
    }

    /// Chooses between key and month: a month is one call, as each record is.
    private static func left(_ rows: PostgresResult, canGet: Bool) throws(PostgresError) -> Left {
        var left = Left()
        var months: [LocalDate: [String?]] = [:]
        for row in rows {
            let (listed, before) = (try row.int("listed"), try row.int("before"))
            left.listsAreEmpty = listed == 0 && before > 0
            let asked = try row.optionalText("asked")
            if let month = try row.read("month", { $0.string.flatMap { LocalDate($0) } }) {
                months[month, default: []].append(asked)
            } else if let asked, !asked.isEmpty {
                left.keys.append(asked)
            }
        }
        for (month, asked) in months {
            if asked.count == 1, canGet, let one = asked[0], !one.isEmpty {
                left.keys.append(one)
            } else {
                left.months.append(month)
            }
        }
        left.keys.sort()
        left.months.sort()
        return left
    }

    /// First days of the months of documents that were asked for by key and not found.
    ///
    /// The lists of these months show whether the documents are gone.
    public func monthsStillLeft(_ entity: EntityDefinition) async throws(WarehouseError) -> [LocalDate] {
        let rows = try await warehouse.query(
            CoverageSQL(entity).monthsStillLeft, of: connection,
            [.text(entity.name), .text(connection.settings.timeZone.identifier)], purpose: "coverage",
            doing: "finding what was not found of \(entity.name)"
        ) { row throws(PostgresError) in try row.read("month") { $0.string.flatMap { LocalDate($0) } } }
        return rows.compactMap(\.self)
    }

    /// Notes the documents that neither their key nor their month has brought back as missing, and forgets that they had
    /// left the open lists: from here on they are judged like any other missing row.
    public func noteMissing(_ entity: EntityDefinition, run: Int64) async throws(WarehouseError) {
        let names: [PostgresParameter] = [.int64(connection.id), .text(entity.name)]
        let zone = connection.settings.timeZone.identifier
        let statement = CoverageSQL(entity).noteLeft
        try await warehouse.transaction(purpose: "coverage", doing: "noting what was not found of \(entity.name)") {
            session throws(PostgresError) in
            try session.query(statement, names + [.int64(run), .text(zone)])
            try session.query(
                "delete from inflow.open_document where connection_id = $1 and entity = $2 and seen_at = 'epoch'",
                names)
        }
    }
}
