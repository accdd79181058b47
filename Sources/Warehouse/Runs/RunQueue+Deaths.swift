internal import Inflow
internal import Postgres

/// Requests whose run kills its process: they end some time, instead of being taken again for ever.
extension RunQueue {
    /// How often a request's worker may fall silent until the request is ended as failed.
    public static let mostDeaths = 3

    /// Ends requests whose worker has fallen silent too often, each with its run and the attempt of its slot.
    ///
    /// The run ends as failed in the run log, which is what alerts are made from; where the process died before it
    /// began one, a failed run is written for it. To be called before ``revive()``, which puts the others back.
    /// - Returns: the numbers of the requests.
    @discardableResult
    public func endDeadly() async throws(WarehouseError) -> [Int64] {
        let patience = PostgresParameter.int(patience)
        return try await warehouse.transaction(purpose: "queue", doing: "ending requests whose runs kill their process")
        { session throws(PostgresError) in
            let rows = try session.query(
                """
                update inflow.request set status = 'done', outcome = 'failed', error = $3, done_at = clock_timestamp(),
                    deaths = deaths + 1, epoch = epoch + 1
                where status = 'running' and deaths + 1 >= $2
                    and heartbeat_at < clock_timestamp() - make_interval(secs => $1::integer)
                returning id, connection_id, kind, is_catch_up, slot::text as slot, run_id, worker
                """, [patience, .int(RunQueue.mostDeaths), .text(RunQueue.deadlyWords)])
            var ended: [Int64] = []
            for row in rows {
                try RunQueue.endRun(of: row, session)
                ended.append(try row.int64("id"))
            }
            return ended
        }
    }

    private static let deadlyWords =
        "The process that ran it ended without a word \(mostDeaths) times in a row, so Inflow does not begin it again by "
        + "itself. What was committed is in the tables. Look at the memory of the machine and at the log of \"inflow "
        + "serve\", then ask for the run again."

    /// Ends the run of a request as failed, or writes one that failed, and ends the attempt of its slot.
    private static func endRun(
        of request: PostgresResult.Row, _ session: isolated PostgresConnection
    ) throws(PostgresError) {
        let connection = try request.int64("connection_id")
        var run = try request.optionalInt64("run_id")
        let isOpen = try run.map { run throws(PostgresError) in
            try !session.query("select from inflow.run where id = $1 and status = 'running'", [.int64(run)]).isEmpty
        }
        if isOpen == true, let run {
            try RunLog.closeDead(connection, where: "id = \(run)", as: .failed, error: deadlyWords, session)
        } else {
            run = try writeFailedRun(of: request, connection, session)
            try session.query(
                "update inflow.request set run_id = $2 where id = $1",
                [.int64(try request.int64("id")), run.map { .int64($0) } ?? .null])
        }
        guard let slot = try request.optionalText("slot") else { return }
        try session.query(
            """
            update inflow.slot set state = 'failed', failures = failures + 1, run_id = $3,
                state_at = clock_timestamp()
            where connection_id = $1 and slot = $2::date
            """, [.int64(connection), .text(slot), run.map { .int64($0) } ?? .null])
    }

    private static func writeFailedRun(
        of request: PostgresResult.Row, _ connection: Int64, _ session: isolated PostgresConnection
    ) throws(PostgresError) -> Int64 {
        let trigger: Trigger =
            switch try request.word("kind", of: "inflow.request.kind", as: RequestKind.self) {
            case .syncAll: .manual
            case .slot: try request.bool("is_catch_up") ? .catchUp : .slot
            case .targeted: .targeted
            case .backfill: .backfill
            case .retry: .retry
            case .deletions: .deletions
            case .reconcile: .reconcile
            }
        return try session.query(
            """
            insert into inflow.run (connection_id, trigger, scope, status, holder, started_at, finished_at, error)
            values ($1, $2, $3, 'failed', $4, clock_timestamp(), clock_timestamp(), $5)
            returning id
            """,
            [
                .int64(connection), .text(trigger.rawValue), .text(trigger.isSyncAll ? "Sync All" : trigger.rawValue),
                .text(try request.optionalText("worker") ?? ""), .text(deadlyWords),
            ])[0].int64("id")
    }
}
