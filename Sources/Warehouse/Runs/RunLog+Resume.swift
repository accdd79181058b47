public import Foundation
public import Inflow
internal import Postgres
internal import SQLFiles

/// What a run may go on with: the chunks that an earlier run of the same scope has loaded, if the day's quota stopped
/// that run or its process died.
extension RunLog {
    /// A chunk that an earlier run has loaded.
    public struct LoadedChunk: Sendable {
        /// The entity's name, such as `invoice`.
        public let entity: String
        /// The chunk, as the run log names it.
        public let chunk: String
        /// When it was asked for.
        public let askedAt: Instant
        /// Records it rejected.
        public var rejected = 0
        /// Values it rejected in records that are loaded without them.
        public var rejectedValues = 0
        /// Characters of its answers that cannot be told any more.
        public var lostCharacters = 0
        /// Elements of its answers where no record is read.
        public var outside = 0
    }

    /// The last run of a request, where the day's quota stopped it within two days, and what it and those before it
    /// that it went on with have loaded since.
    ///
    /// Requests of a person are the same where the command and so the scope is; those of the schedule where the slot
    /// is: a scheduled run without a slot continues none. One that went on with a parked run and was interrupted, or
    /// failed, counts as parked too.
    public func parked(
        _ connection: Connection, trigger: Trigger, scope: String, slot: LocalDate? = nil
    ) async throws(WarehouseError) -> (run: Int64, chunks: [LoadedChunk])? {
        let triggers = trigger.continuable.map(\.rawValue)
        let last = try await warehouse.query(
            Statements.runParked,
            [
                .int64(connection.id), .textArray(triggers), .text(scope), .bool(trigger.isScheduled),
                slot.map { .text($0.description) } ?? .null,
            ], purpose: "run log",
            doing: "reading the run log"
        ) { row throws(PostgresError) in (run: try row.int64("run"), isParked: try row.bool("is_parked")) }
        guard let run = last.first, run.isParked else { return nil }
        return (run.run, try await chunks(of: run.run, connection))
    }

    /// A run that was interrupted and what it, and those before it that it went on with, have loaded within two days.
    public func interrupted(
        _ run: Int64, of connection: Connection
    ) async throws(WarehouseError) -> (run: Int64, chunks: [LoadedChunk])? {
        let runs = try await warehouse.query(
            """
            select coalesce(continues_run_id, id) as run from inflow.run
            where id = $1 and connection_id = $2 and status in ('running', 'interrupted', 'quota')
            """, [.int64(run), .int64(connection.id)], purpose: "run log", doing: "reading the run log"
        ) { row throws(PostgresError) in try row.int64("run") }
        guard let first = runs.first else { return nil }
        return (first, try await chunks(of: first, connection))
    }

    private func chunks(of run: Int64, _ connection: Connection) async throws(WarehouseError) -> [LoadedChunk] {
        try await warehouse.query(
            Statements.chunksLoaded, [.int64(connection.id), .int64(run)], purpose: "run log",
            doing: "reading the run log"
        ) { row throws(PostgresError) in
            try LoadedChunk(
                entity: row.text("entity"), chunk: row.text("chunk"), askedAt: row.date("asked_at"),
                rejected: row.int("rejected"), rejectedValues: row.int("rejected_values"),
                lostCharacters: row.int("lost_characters"), outside: row.int("outside"))
        }
    }

    /// The chunks among those a run has committed that the log lacks, by entity: a crash of the server took them.
    ///
    /// A chunk's commit does not wait for the disk. So one that does is made first: what the log has after it, no crash
    /// can take any more.
    public func lost(
        of committed: [String: Set<String>], in run: Int64, of connection: Connection
    ) async throws(WarehouseError) -> [String: Set<String>] {
        try await warehouse.transaction(purpose: "run log", doing: "making run \(run) safe") {
            session throws(PostgresError) in
            try session.execute("set local synchronous_commit = local")
            try session.query("update inflow.run set status = status where id = $1", [.int64(run)])
        }
        let rows = try await warehouse.query(
            "select entity, chunk from inflow.chunk where connection_id = $1 and run_id = $2 and status = 'loaded'",
            of: connection, [.int64(run)], purpose: "run log", doing: "looking for lost chunks of run \(run)"
        ) { row throws(PostgresError) in (entity: try row.text("entity"), chunk: try row.text("chunk")) }
        let held = Dictionary(grouping: rows, by: \.entity).mapValues { Set($0.map(\.chunk)) }
        return committed.reduce(into: [:]) { lost, part in
            let missing = part.value.subtracting(held[part.key] ?? [])
            if !missing.isEmpty { lost[part.key] = missing }
        }
    }
}
