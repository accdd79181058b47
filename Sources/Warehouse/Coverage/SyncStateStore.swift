internal import Foundation
public import Inflow
internal import Postgres

/// What a connection's earlier runs have read and learned: everything that a plan is made from.
///
/// One session reads it before a run. Only the span sizes are written here; each other table is written by the store it
/// belongs to (``CoverageStore``, ``WatermarkStore``) or by the merge itself.
public struct SyncStateStore: Sendable {
    private let warehouse: Warehouse
    private let connection: Connection

    /// The state of one connection; reads nothing before it is asked.
    public init(_ warehouse: Warehouse, _ connection: Connection) {
        self.warehouse = warehouse
        self.connection = connection
    }

    /// Reads watermarks, coverage, averages of earlier chunks, span sizes and the calls of the last 24 hours.
    public func read() async throws(WarehouseError) -> SyncState {
        let id = PostgresParameter.int64(connection.id)
        return try await warehouse.perform(purpose: "coverage", doing: "reading what was read before") {
            session throws(PostgresError) in
            var state = SyncState()
            for row in try session.query(
                "select entity, since from inflow.watermark where connection_id = $1", [id])
            {
                state.watermarks[try row.text("entity")] = try row.optionalDate("since")
            }
            try SyncStateStore.readCoverage(into: &state, id, session)
            try SyncStateStore.readAverages(into: &state, id, session)
            for row in try session.query("select entity, size from inflow.span_size where connection_id = $1", [id]) {
                let size = try row.text("size")
                state.spanSizes[try row.text("entity")] = SpanSize(size)
            }
            state.callsSpent = try session.query(SyncStateStore.callsOfTheDay, [id])[0].require("calls", \.int)
            return state
        }
    }

    private static func readCoverage(
        into state: inout SyncState, _ id: PostgresParameter, _ session: isolated PostgresConnection
    ) throws(PostgresError) {
        for row in try session.query(
            """
            select s.entity, s.month::text as month, s.verified_at, s.needs_reading,
                c.rows_sent = 0 and c.rows_held = 0 as is_empty
            from inflow.coverage_state($1) s
            join inflow.coverage c on c.connection_id = $1 and c.entity = s.entity
                and c.month = greatest(s.month, '\(CoverageStore.wholeList)')
            where s.verified_at is not null
            """, [id])
        {
            let (entity, at) = (try row.text("entity"), try row.date("verified_at"))
            // A list without dates has the month "-infinity" here, which is no local date.
            if let month = LocalDate(try row.text("month")) {
                state.months.append(
                    .init(
                        entity: entity, month: month, verifiedAt: at, needsReading: try row.bool("needs_reading"),
                        isEmpty: try row.read("is_empty") { $0.bool } == true))
            } else {
                state.readWhole[entity] = at
            }
        }
    }

    private static func readAverages(
        into state: inout SyncState, _ id: PostgresParameter, _ session: isolated PostgresConnection
    ) throws(PostgresError) {
        for row in try session.query(SyncStateStore.callsPerChunk, [id]) {
            state.callsPerChunk[try row.text("entity")] = try row.optionalDouble("calls")
        }
        for row in try session.query(SyncStateStore.rowsPerDay, [id]) {
            state.rowsPerDay[try row.text("entity")] = try row.optionalDouble("rows")
        }
    }

    /// Calls a chunk took on the average in the last 30 days.
    private static let callsPerChunk = """
        select entity, sum(calls)::float8 / count(*) as calls
        from inflow.chunk
        where connection_id = $1 and status = 'loaded' and calls > 0 and ended_at > now() - interval '30 days'
        group by 1
        """

    /// Records a day held on the average in the last year's reading; days to come are left out, for they hold few.
    private static let rowsPerDay = """
        select entity, sum(pulled)::float8 / sum(span_until - span_from) as rows
        from inflow.chunk
        where connection_id = $1 and status = 'loaded' and span_from is not null
            and span_from < current_date and ended_at > now() - interval '1 year'
        group by 1
        """

    private static let callsOfTheDay = """
        select coalesce(sum(calls), 0) as calls from inflow.chunk
        where connection_id = $1 and ended_at > now() - interval '24 hours'
        """

    /// Keeps how long a span one call of a backfill asks for; `seconds` is how long the last such call took.
    public func remember(_ size: SpanSize, of entity: EntityDefinition, seconds: Double?) async throws(WarehouseError) {
        _ = try await warehouse.query(
            """
            insert into inflow.span_size (connection_id, entity, size, seconds) values ($1, $2, $3, $4)
            on conflict (connection_id, entity) do update set
                size = excluded.size, seconds = excluded.seconds, set_at = now()
            """,
            of: connection,
            [.text(entity.name), .text(size.description), seconds.map { .double($0) } ?? .null], purpose: "coverage",
            doing: "remembering the size of spans")
    }
}
