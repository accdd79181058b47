import Foundation
import Inflow
import Postgres
import TestSupport
import Testing

@testable import Warehouse

/// An organisation whose June 2026 can be signed off, and ways to look at what was.
///
/// Signed off are 3 time entries of 60, 30 and 45 minutes, an approved invoice of 1,000 with 100 tax, a credit note of -40
/// with -4 tax, and a job cost of 2 times 10. A draft of 500 and a cancelled invoice of 700 are in the month and in no
/// total; an entry of 90 minutes and an invoice are of May.
struct PeriodFixture {
    let records: ReportFixture
    var store: PeriodStore { PeriodStore(records.fixture.warehouse, records.fixture.connection) }

    /// June 2026.
    static let june = LocalDate(daysSinceEpoch: 20_605)
    /// 10 July 2026 in London.
    static let july = Date(timeIntervalSince1970: 1_783_641_600)

    static let entry = "uuid, job_number, job_name, staff_uuid, staff_name, worked_on, minutes, billable, deleted_at"
    static let invoice =
        "uuid, number, status, issued_on, due_on, amount, amount_tax, amount_including_tax, amount_paid, "
        + "amount_outstanding, client_uuid, client_name, children_hash"
    static let cost = "uuid, job_number, incurred_on, description, quantity, unit_cost"

    init(_ name: String = "Acme", readsCosts: Bool = true) async throws {
        records = try await ReportFixture(name)
        try await fill()
        // Everything was asked for after the month, its last day and the day for late entries.
        for entity in ["timesheet", "invoice", "job"] { try await read(entity, at: "2026-07-05") }
        if readsCosts {
            try await records.run(
                """
                insert into inflow.value_state (
                    connection_id, entity, parent, parent_table, is_read, records, waiting, oldest_read_at, counted_at,
                    run_id)
                values ($1, 'job_cost', 'job', 'wfm.job', true, 2, 0, '2026-07-04', '2026-07-05', 1)
                """)
        }
        // The run that brought all of it has ended.
        try await records.run("update inflow.run set status = 'green', finished_at = now() where connection_id = $1")
    }

    private func fill() async throws {
        try await records.insert("client", "uuid, name", "'c1', 'Bolt'", "'c2', 'Cog'")
        try await records.insert("staff", "uuid, name", "'s1', 'Una'", "'s2', 'Lee'")
        try await records.insert(
            "job", "uuid, number, name, client_uuid", "'j1', 'J1', 'Plan', 'c1'", "'j2', 'J2', 'Build', 'c2'")
        try await records.insert(
            "timesheet", PeriodFixture.entry,
            "'e1', 'J1', 'Plan', 's1', 'Una', '2026-06-01', 60, true, null",
            "'e2', 'J1', 'Plan', 's1', 'Una', '2026-06-15', 30, false, null",
            "'e3', 'J2', 'Build', 's2', 'Lee', '2026-06-30', 45, true, null",
            "'e4', 'J1', 'Plan', 's1', 'Una', '2026-05-31', 90, true, null",
            "'e5', 'J1', 'Plan', 's1', 'Una', '2026-06-02', 15, true, '2026-06-20'")
        try await records.insert(
            "invoice", PeriodFixture.invoice,
            "'i1', 'INV-1', 'Approved', '2026-06-10', '2026-06-20', 1000, 100, 1100, 0, 1100, 'c1', 'Bolt', ''",
            "'i2', 'INV-2', 'Draft', '2026-06-20', null, 500, 50, 550, 0, 550, 'c2', 'Cog', ''",
            "'n1', 'CN-1', 'Approved', '2026-06-25', '2026-06-25', -40, -4, -44, 0, -44, 'c1', 'Bolt', ''",
            "'x1', 'INV-4', 'Cancelled', '2026-06-11', null, 700, 70, 770, 0, 0, 'c1', 'Bolt', ''",
            "'i3', 'INV-3', 'Approved', '2026-05-20', '2026-05-31', 200, 20, 220, 0, 220, 'c2', 'Cog', ''",
            "'i5', 'INV-5', 'Approved', '2026-07-02', '2026-08-01', 900, 90, 990, 0, 990, 'c2', 'Cog', ''")
        try await records.insert(
            "job_cost", PeriodFixture.cost, "'k1', 'J1', '2026-06-05', 'Paper', 2, 10",
            "'k2', 'J1', '2026-07-05', 'Ink', 1, 7")
    }

    /// Notes that an entity's June was read whole at a day.
    func read(_ entity: String, at day: String) async throws {
        try await records.fixture.rows(
            """
            insert into inflow.coverage (connection_id, entity, month, verified_at) values ($1, $2, '2026-06-01', $3)
            on conflict (connection_id, entity, month) do update set verified_at = excluded.verified_at
            """, .int64(records.id), .text(entity), .text(day))
    }

    /// Signs off June.
    @discardableResult
    func close(by person: String = "Una", evenIncomplete: Bool = false) async throws -> PeriodStore.Outcome {
        try await store.close(
            PeriodFixture.june, by: person, note: nil, evenIncomplete: evenIncomplete, now: PeriodFixture.july)
    }

    /// The version of a record that the next statement replaces, as the loader keeps it.
    func keepVersion(
        of entity: String, _ uuid: String, as change: String = "updated", until moment: String = "infinity",
        run: Int = 1
    ) async throws {
        try await records.fixture.rows(
            """
            insert into inflow.history (
                connection_id, entity, key, valid_from, valid_until, run_id, change, record, lines)
            select connection_id, $2, uuid, changed_at, least($5::timestamptz, clock_timestamp()), $6, $4, to_jsonb(t),
                '{}'
            from wfm.\(entity) t where connection_id = $1 and uuid = $3
            """, .int64(records.id), .text(entity), .text(uuid), .text(change), .text(moment), .int(run))
    }

    /// Columns of `report.late_changes`, by entity and record.
    func late(_ columns: String = "entity, record_key, change, changed_columns") async throws -> [String] {
        try await records.view(columns, "late_changes", by: "entity, record_key")
    }
}
