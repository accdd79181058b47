public import Foundation
public import Inflow
internal import Postgres
internal import SQLFiles

/// Keeps connections and their settings; the client secret stays encrypted.
///
/// A connection is one organisation read with one authorisation. Its number is `connection_id` in every table; its name
/// is for people and can change, so nothing else is keyed by it.
///
/// - Settings that statements need have columns; the others lie in one JSON column, and only where they differ from
///   their default. So a new setting needs no migration, and its default is written in one place
///   (`ConnectionSetting`), which a statement gets as a parameter.
/// - A row that this machine cannot read (a time zone that it does not know) is an error that names it: with another
///   zone in its place, days and months would be wrong without a sign. It stops no command on other connections:
///   ``find(_:zone:)`` reads its own row only, and ``list()`` gives such rows beside those that can be read.
/// - Adding stores the secret, the first tokens and the row in one transaction: a connection that exists can be read.
/// - Removing is many transactions and can be interrupted (``ConnectionRemoval``): first the connection is closed to
///   runs and readers, its own row goes last.
public struct ConnectionStore: Sendable {
    private let warehouse: Warehouse

    /// The connections of a warehouse; reads nothing before it is asked.
    public init(_ warehouse: Warehouse) {
        self.warehouse = warehouse
    }

    private static let columns = """
        id, name, account_id, client_id, api_url, token_url, authorise_url, time_zone, fiscal_year_start, first_date,
        calls_at_once, calls_per_minute, calls_per_day, first_byte_seconds, job_status_list, late_entry_days, settings,
        paused_at, removal_began_at
        """
    /// A reader sees the row of its connection, hence what it may not see has a table of its own.
    private static let tables = "inflow.connection join inflow.connection_secret on connection_id = id"

    /// All connections, by name; those that this machine cannot read are named beside the others.
    public func list() async throws(WarehouseError) -> ConnectionList {
        let rows = try await warehouse.query(
            "select \(ConnectionStore.columns) from \(ConnectionStore.tables) order by name", purpose: "connections",
            doing: "reading or writing connections"
        ) { row throws(PostgresError) in
            let name = try row.text("name")
            do throws(PostgresError) {
                return Result<Connection, WarehouseError>.success(try ConnectionStore.connection(row))
            } catch {
                return .failure(WarehouseError(error, doing: "reading connection \"\(name)\""))
            }
        }
        return ConnectionList(rows)
    }

    /// The connection of a name.
    ///
    /// Only its own row is read as a connection, so that another one that this machine cannot read does not matter.
    /// `zone` is a time zone in place of the one that the row names, which this machine may not know.
    ///
    /// - Throws: `unknown_connection`, naming those there are.
    public func find(_ name: String, zone: TimeZone? = nil) async throws(WarehouseError) -> Connection {
        if let found = try await find("name = $1", .text(name), zone: zone) { return found }
        let names = try await warehouse.query(
            "select name from inflow.connection order by name", purpose: "connections",
            doing: "reading or writing connections"
        ) { row throws(PostgresError) in "\"\(try row.text("name"))\"" }.joined(separator: ", ")
        throw WarehouseError(
            .unknownConnection, subject: name,
            message: names.isEmpty
                ? "There is no connection yet. Add one with \"inflow connection add \(name.shellWord) …\"."
                : "There is no connection \"\(name)\". There are: \(names).")
    }

    /// The connection of a number; `nil` where it was removed.
    public func find(number id: Int64) async throws(WarehouseError) -> Connection? {
        try await find("id = $1", .int64(id))
    }

    private func find(
        _ condition: String, _ parameter: PostgresParameter, zone: TimeZone? = nil
    ) async throws(WarehouseError) -> Connection? {
        try await warehouse.query(
            "select \(ConnectionStore.columns) from \(ConnectionStore.tables) where \(condition)", [parameter],
            purpose: "connections", doing: "reading or writing connections"
        ) { row throws(PostgresError) in try ConnectionStore.connection(row, zone: zone) }.first
    }

    /// Adds a connection with its client secret and first tokens, all or nothing.
    ///
    /// - Throws: `connection_exists`, `unusable_zone`.
    public func add(
        _ name: String, _ settings: ConnectionSettings, platform: Platform, clientSecret: String, box: SecretBox
    ) async throws(WarehouseError) -> Connection {
        try await checkZone(of: Connection(id: 0, name: name, settings: settings))
        return try await warehouse.withSession("connection add") { session throws(WarehouseError) in
            let id = try await lifting("numbering a connection") { () async throws(PostgresError) in
                try await session.query(
                    "select nextval(pg_get_serial_sequence('inflow.connection', 'id')) as id")[0].int64("id")
            }
            let secret = try box.seal(clientSecret, "client secret", connection: id)
            do throws(PostgresError) {
                try await session.query(
                    Statements.connectionAdd,
                    [.text(name)] + ConnectionStore.values(settings)
                        + [.int64(id), .text(platform.name), .bytes(secret)])
            } catch {
                guard error.code == .uniqueViolation else { throw WarehouseError(error, doing: "adding a connection") }
                throw WarehouseError(
                    .connectionExists, subject: name,
                    message:
                        "There is a connection \"\(name)\" already. Nothing was changed. Choose another name, or "
                        + "change it with \"inflow connection set \(name.shellWord) KEY=VALUE\".")
            }
            return Connection(id: id, name: name, settings: settings)
        }
    }

    /// Replaces all settings of a connection that exists; its tokens and client secret stay as they are.
    ///
    /// - Throws: `other_organisation` where the organisation would change under records that the connection holds, or
    ///   that a run is reading now; `unusable_zone`. Nothing is changed then.
    public func update(_ connection: Connection) async throws(WarehouseError) {
        let stored = try await warehouse.query(
            "select time_zone from inflow.connection where id = $1", of: connection, doing: "reading connections"
        ) { row throws(PostgresError) in try row.text("time_zone") }
        if stored != [connection.settings.timeZone.identifier] { try await checkZone(of: connection) }
        let parameters = [.int64(connection.id)] + ConnectionStore.values(connection.settings)
        let held = try await warehouse.transaction(
            purpose: "connections", doing: "reading or writing connections"
        ) { session throws(PostgresError) -> String? in
            // A run that begins meanwhile waits, since its row refers to this one, and then finds the change.
            try session.query("select from inflow.connection where id = $1 for update", [parameters[0]])
            let rows = try session.query(Statements.connectionOtherOrganisation, Array(parameters.prefix(2)))
            if let row = rows.first { return try row.text("account_id") }
            try session.query(
                Statements.connectionUpdate,
                parameters + [.text(ConnectionSetting.digest.name), .text(ConnectionSetting.successMail.name)])
            return nil
        }
        guard let held else { return }
        throw WarehouseError(
            .otherOrganisation, subject: connection.name,
            message:
                "\"\(connection.name)\" holds records of organisation \"\(held)\", or a run reads them now. Nothing was "
                + "changed, so that the records of two organisations do not mix under one connection. Add a connection "
                + "for the other organisation: \"inflow connection add NAME --account-id "
                + "\(connection.settings.accountID) …\". If the records are of the wrong organisation, remove this one: "
                + "\"inflow connection remove \(connection.name.shellWord)\".")
    }

    /// The client secret of a connection.
    public func clientSecret(of connection: Connection, box: SecretBox) async throws(WarehouseError) -> String {
        let secrets = try await warehouse.query(
            "select client_secret from inflow.connection_secret where connection_id = $1", [.int64(connection.id)],
            purpose: "connections", doing: "reading or writing connections"
        ) { row throws(PostgresError) in try row.bytes("client_secret") }
        guard let sealed = secrets.first else {
            throw WarehouseError(
                .unknownConnection, subject: connection.name,
                message:
                    "Connection \"\(connection.name)\" was removed by another command meanwhile. Nothing was read. "
                    + "\"inflow connection list\" shows those there are.")
        }
        return try box.open(sealed, "client secret", connection: connection.id)
    }

    /// Stores another client secret, encrypted with the present key.
    public func setClientSecret(
        _ secret: String, of connection: Connection, box: SecretBox
    ) async throws(WarehouseError) {
        _ = try await warehouse.query(
            "update inflow.connection_secret set client_secret = $2 where connection_id = $1",
            [.int64(connection.id), .bytes(try box.seal(secret, "client secret", connection: connection.id))],
            purpose: "connections", doing: "reading or writing connections")
    }

    // MARK: zones

    /// Throws `unusable_zone` unless the database reads the connection's time zone as this machine does.
    private func checkZone(of connection: Connection) async throws(WarehouseError) {
        try await ZoneCheck(warehouse).check(connection.settings.timeZone, of: connection.name)
    }

    // MARK: life

    /// Pauses a connection: no run reads it until it is resumed.
    ///
    /// A run that goes on comes to its end.
    public func pause(_ connection: Connection) async throws(WarehouseError) {
        _ = try await warehouse.query(
            "update inflow.connection set paused_at = coalesce(paused_at, now()) where id = $1",
            [.int64(connection.id)], purpose: "connections", doing: "reading or writing connections")
    }

    /// Resumes a paused connection: runs that were due in the pause are not caught up.
    ///
    /// `now` is from when on the schedule counts again. A connection that was not paused stays as it is.
    public func resume(_ connection: Connection, at now: Instant = Date()) async throws(WarehouseError) {
        let id = connection.id
        try await warehouse.transaction(purpose: "connections", doing: "resuming \(connection.name)") {
            session throws(PostgresError) in
            let resumed = try session.query(
                "update inflow.connection set paused_at = null where id = $1 and paused_at is not null", [.int64(id)])
            guard resumed.affectedRows > 0 else { return }
            try ScheduleStore.change(id, session) { $0.resume(at: now) }
        }
    }

    /// Gives a connection another name.
    ///
    /// Its number stays, and with it its records, secrets and reader.
    /// - Throws: `connection_exists` where the name is taken; nothing is changed then.
    public func rename(_ connection: Connection, to name: String) async throws(WarehouseError) {
        do {
            _ = try await warehouse.query(
                "update inflow.connection set name = $2 where id = $1", [.int64(connection.id), .text(name)],
                purpose: "connections", doing: "reading or writing connections")
        } catch {
            guard error.cause?.code == .uniqueViolation else { throw error }
            throw WarehouseError(
                .connectionExists, subject: name,
                message: "There is a connection \"\(name)\" already. Nothing was changed. Choose another name.")
        }
    }

    // MARK: rows

    private static func values(_ settings: ConnectionSettings) -> [PostgresParameter] {
        [
            .text(settings.accountID), .text(settings.clientID), .text(settings.apiURL), .text(settings.tokenURL),
            .text(settings.authoriseURL), .text(settings.timeZone.identifier), .int(settings.fiscalYearStart),
            .text(settings.firstDate.description), .int(settings.callsAtOnce), .int(settings.callsPerMinute),
            .int(settings.callsPerDay), .int(settings.firstByteSeconds), .bool(settings.jobStatusList),
            .int(settings.lateEntryDays), .text(further(settings)),
        ]
    }

    /// The settings without a column that differ from their defaults, as a JSON object.
    private static func further(_ settings: ConnectionSettings) -> String {
        let fields = ConnectionSetting.all.filter { setting in
            !ConnectionSetting.columns.contains(setting.name) && setting.print(settings) != setting.defaultText
        }.map { ($0.name, $0.print(settings)) }
        let object = try? JSONEncoder().encode(Dictionary(fields, uniquingKeysWith: { first, _ in first }))
        return object.map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }

    /// Reads them back; what this release does not know, or no longer takes, is left at its default.
    private static func takeFurther(_ json: String?, into settings: inout ConnectionSettings) {
        guard let json, let fields = try? JSONDecoder().decode([String: String].self, from: Data(json.utf8)) else {
            return
        }
        for setting in ConnectionSetting.all {
            if let text = fields[setting.name] { _ = setting.parse(text, &settings) }
        }
    }

    private static func connection(
        _ row: PostgresResult.Row, zone: TimeZone? = nil
    ) throws(PostgresError) -> Connection {
        var settings = try ConnectionSettings(
            accountID: row.text("account_id"), clientID: row.text("client_id"),
            timeZone: row.known(
                "time_zone", of: "inflow.connection.time_zone of \"\(row.text("name"))\"", as: "time zone"
            ) { zone ?? TimeZone(identifier: $0) },
            firstDate: row.require("first_date") { $0.string.flatMap { LocalDate($0) } })
        settings.apiURL = try row.text("api_url")
        settings.tokenURL = try row.text("token_url")
        settings.authoriseURL = try row.text("authorise_url")
        settings.fiscalYearStart = try row.int("fiscal_year_start")
        settings.callsAtOnce = try row.int("calls_at_once")
        settings.callsPerMinute = try row.int("calls_per_minute")
        settings.callsPerDay = try row.int("calls_per_day")
        settings.firstByteSeconds = try row.int("first_byte_seconds")
        settings.jobStatusList = try row.bool("job_status_list")
        settings.lateEntryDays = try row.int("late_entry_days")
        takeFurther(try row.text("settings"), into: &settings)
        var connection = Connection(id: try row.int64("id"), name: try row.text("name"), settings: settings)
        connection.pausedAt = try row.optionalDate("paused_at")
        connection.removalBeganAt = try row.optionalDate("removal_began_at")
        return connection
    }
}
