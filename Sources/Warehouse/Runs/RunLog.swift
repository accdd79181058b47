public import Foundation
public import Inflow
internal import Postgres
internal import SQLFiles

/// The run log: runs and their parts for each entity, as rows.
///
/// The types of this folder keep runs apart, in order and on record:
///
/// - ``RunLock`` lets one run at a time read a connection. It ends with its process, and with the heartbeat of one that
///   fell silent, so nothing has to be cleaned up. A backfill has a lock of its own and goes on beside the runs of every day.
/// - ``RunLog`` writes. A run begins under the lock: a run still marked as running then is dead, and is closed as
///   interrupted before the new one begins. A process that was closed so can commit no further chunk: each merge reads
///   its run's row in its own transaction (`Checkpoint`), and ``end(_:outcome:error:resumeAt:)`` refuses.
/// - `RunLogReader` and ``LoggedRun`` read, also while a run goes on; they hold no lock that a run waits for.
/// - `RunQueue` and `ScheduleStore` decide which run comes next. A claim of a slot and its request are one transaction,
///   so a slot runs once however many processes serve.
///
/// The numbers of a run are the sums of its chunks, added up at its end; a counter kept beside the chunks would differ
/// from them after a crash.
public struct RunLog: Sendable {
    let warehouse: Warehouse

    /// The run log of a warehouse; reads nothing before it is asked.
    public init(_ warehouse: Warehouse) {
        self.warehouse = warehouse
    }

    /// Begins a run; to be called under the connection's ``RunLock``.
    ///
    /// A run still marked as running under that lock is dead: it is closed as interrupted. `continues` is the run,
    /// stopped by the day's quota or interrupted, that it goes on with and whose answers it takes over; `planned` is how
    /// many chunks each entity is to be read in, as far as is known.
    ///
    /// Nothing begins where the connection was removed, is being removed, or is another organisation's by now than
    /// `connection` says: its process read the settings before it waited for the lock.
    /// - Returns: the new run's number, and the numbers of dead ones that were closed.
    /// - Throws: `unknown_connection` where nothing begins.
    public func begin(
        _ connection: Connection, trigger: Trigger, scope: String, entities: [String], planned: [String: Int] = [:],
        continues: Int64? = nil
    ) async throws(WarehouseError) -> (run: Int64, closed: [Int64]) {
        let begun = try await warehouse.transaction(purpose: "run log", doing: "beginning a run") {
            session throws(PostgresError) -> (run: Int64, closed: [Int64])? in
            guard try RunLog.isReadable(connection, session) else { return nil }
            let closed =
                try RunLog.closeDead(
                    connection.id,
                    where: "inflow.run_lock(trigger) = inflow.run_lock('\(trigger.rawValue)')", session)
                + RunLog.closeSilent(of: connection.id, session)
            let run = try session.query(
                Statements.runBegin,
                [
                    .int64(connection.id), .text(trigger.rawValue), .text(scope), .text(ProcessIdentity.current),
                    continues.map { .int64($0) } ?? .null,
                ])[0]
                .int64("id")
            try session.query(
                """
                insert into inflow.entity_run (run_id, entity, status, planned_chunks)
                select $1, e.entity, 'running', e.planned
                from unnest($2::text[], $3::bigint[]) e (entity, planned)
                """,
                [
                    .int64(run), .textArray(entities),
                    .int64Array(entities.map { Int64(planned[$0] ?? 0) }),
                ])
            return (run, closed)
        }
        if let begun { return begun }
        throw WarehouseError(
            .unknownConnection, subject: connection.name,
            message:
                "Connection \"\(connection.name)\" was removed, is being removed, or was given another organisation since "
                + "this command began. Nothing was read. Look at \"inflow connection list\".")
    }

    /// Whether a connection is there, stays and is still the organisation that the caller knows.
    ///
    /// Its row stays as it is until the end of the transaction.
    private static func isReadable(
        _ connection: Connection, _ session: isolated PostgresConnection
    ) throws(PostgresError) -> Bool {
        try !session.query(
            """
            select from inflow.connection
            where id = $1 and removal_began_at is null and lower(account_id) = lower($2)
            for share
            """, [.int64(connection.id), .text(connection.settings.accountID)]
        ).isEmpty
    }

    private static let deadWords =
        "The process that ran it ended without closing it, or fell silent. What it had committed is in the tables."

    /// Closes runs of a connection that are marked as running and are dead, since the caller holds their lock.
    ///
    /// What their process might still do is refused from then on: a commit needs an open run. `which` is SQL.
    /// - Returns: their numbers.
    @discardableResult
    static func closeDead(
        _ connectionID: Int64, where which: String = "true", as outcome: RunOutcome = .interrupted,
        error: String = RunLog.deadWords, _ session: isolated PostgresConnection
    ) throws(PostgresError) -> [Int64] {
        let closed = try session.query(
            """
            update inflow.run set status = $2, finished_at = clock_timestamp(), error = $3
            where connection_id = $1 and status = 'running' and \(which)
            returning id
            """, [.int64(connectionID), .text(outcome.rawValue), .text(error)]
        ).int64s("id")
        try session.query(
            """
            update inflow.entity_run set status = 'failed', error = 'The run was interrupted.'
            where status = 'running' and run_id = any ($1)
            """,
            [.int64Array(closed)])
        for run in closed {
            try session.query(Statements.entityRunAddUp, [.int64(run)])
            try RunLog.addUp(run, session)
        }
        return closed
    }

    /// How an entity's part ended.
    public struct EntityEnd: Sendable {
        let entity: String
        let status: PartStatus
        let note: String?
        let error: String?
        let details: PartDetails

        /// An end from its parts.
        public init(
            _ entity: String, status: PartStatus, note: String?, error: String?, details: PartDetails = PartDetails()
        ) {
            (self.entity, self.status, self.note, self.error) = (entity, status, note, error)
            self.details = details
        }

        fileprivate var values: [PostgresParameter] {
            [
                .text(entity), .text(status.rawValue), note.map { .text($0) } ?? .null,
                error.map { .text($0.harmless) } ?? .null,
                .int(details.plannedChunks), .text(details.json),
            ]
        }
    }

    /// Ends entities' parts; their numbers are added up from their chunks.
    public func endEntities(_ run: Int64, _ ends: [EntityEnd]) async throws(WarehouseError) {
        try await warehouse.transaction(purpose: "run log", doing: "ending the parts of run \(run)") {
            session throws(PostgresError) in
            try session.query(Statements.entityRunAddUp, [.int64(run)])
            for end in ends {
                try session.query(
                    """
                    update inflow.entity_run set status = $3, note = $4, error = $5, planned_chunks = $6,
                        details = $7::jsonb
                    where run_id = $1 and entity = $2
                    """,
                    [.int64(run)] + end.values)
            }
        }
    }

    /// Ends a run; its numbers are added up from its entities'.
    ///
    /// `resumeAt` is when the quota that stopped it is free again.
    ///
    /// - Throws: `run_closed` when another process has closed it meanwhile.
    public func end(
        _ run: Int64, outcome: RunOutcome, error: String?, resumeAt: Instant? = nil
    ) async throws(WarehouseError) {
        let isOurs = try await warehouse.transaction(purpose: "run log", doing: "ending run \(run)") {
            session throws(PostgresError) in
            try RunLog.addUp(run, session)
            let isEnded =
                try session.query(
                    """
                    update inflow.run set status = $2, error = $3, finished_at = clock_timestamp(),
                        seconds = extract(epoch from clock_timestamp() - started_at), resume_at = $4
                    where id = $1 and status = 'running'
                    """,
                    [
                        .int64(run), .text(outcome.rawValue), error.map { .text($0.harmless) } ?? .null,
                        resumeAt.map { .timestamp($0) } ?? .null,
                    ]
                ).affectedRows == 1
            // The first commit may have taken place although its answer was lost.
            if isEnded { return true }
            return try !session.query(
                "select from inflow.run where id = $1 and status = $2 and error is not distinct from $3",
                [.int64(run), .text(outcome.rawValue), error.map { .text($0.harmless) } ?? .null]
            ).isEmpty
        }
        guard isOurs else {
            throw WarehouseError(
                .runClosed, subject: "run \(run)",
                message: "Run \(run) was closed by another process. What it had committed is in the tables. "
                    + "\"inflow runs\" shows the run that took over.")
        }
    }

    private static func addUp(_ run: Int64, _ session: isolated PostgresConnection) throws(PostgresError) {
        try session.query(
            Statements.runAddUp,
            [.int64(run)])
    }
}
