import Foundation
import Inflow
import Postgres
import TestSupport
import Testing
import WorkflowMax

@testable import Warehouse

extension ConnectionSettings {
    /// Sets a setting as a person does.
    fileprivate mutating func take(_ name: String, _ text: String) throws {
        let setting = try #require(ConnectionSetting.all.first { $0.name == name })
        #expect(setting.parse(text, &self) == nil)
    }
}

/// A connection whose mail is set up and whose settings were changed ten days ago; its first run is open.
private struct SummaryFixture {
    var loaded: LoaderFixture
    var connection: Connection
    let box: SecretBox

    /// Monday 2026-11-30 08:00 UTC, when the digest is due.
    static let due = Instant(timeIntervalSince1970: 1_796_025_600)

    static func run(
        _ settings: [(String, String)], _ body: (inout SummaryFixture) async throws -> Void
    ) async throws {
        let loaded = try await LoaderFixture()
        try await withFolder { folder in
            let box = try await SecretBox.open("\(folder)/secret.key", for: loaded.warehouse)
            var fixture = SummaryFixture(loaded: loaded, connection: loaded.connection, box: box)
            for (name, text) in settings { try fixture.connection.settings.take(name, text) }
            try await ConnectionStore(loaded.warehouse).update(fixture.connection)
            try await fixture.setMail()
            _ = try await loaded.rows(
                "update inflow.connection set digest_since = $1, success_since = $1",
                .timestamp(due.addingTimeInterval(-10 * 86_400)))
            try await body(&fixture)
        }
    }

    func setMail(isOn: Bool = true) async throws {
        var mail = AlertChannel(.email, url: "smtps://mail.example.com")
        (mail.recipients, mail.sender, mail.isOn) = (["ann@example.org"], "inflow@example.com", isOn)
        try await AlertChannels(loaded.warehouse, connection: connection.id).set([(mail, nil)], box: box)
    }

    @discardableResult
    func write(at moment: Instant = SummaryFixture.due.addingTimeInterval(60)) async throws -> [SummaryKind] {
        try await Summaries(loaded.warehouse, connection, known: WorkflowMax.entities).write(at: moment)
    }

    /// Ends the open run at a moment with rows of entities, and begins the next.
    mutating func end(
        _ outcome: RunOutcome, at moment: Instant, error: String? = nil, trigger: Trigger = .slot,
        _ changes: [(String, Int, Int, Int)] = []
    ) async throws {
        let run = loaded.run
        try await RunLog(loaded.warehouse).end(run, outcome: outcome, error: error)
        _ = try await loaded.rows(
            """
            update inflow.run set started_at = $2::timestamptz - interval '60 s', finished_at = $2, trigger = $3,
                calls = 21, seconds = 14.2
            where id = $1
            """, .int64(run), .timestamp(moment), .text(trigger.rawValue))
        for (entity, inserted, updated, marked) in changes {
            _ = try await loaded.rows(
                """
                insert into inflow.entity_run (run_id, entity, status, inserted, updated, marked_deleted)
                values ($1, $2, 'green', $3, $4, $5)
                """, .int64(run), .text(entity), .int(inserted), .int(updated), .int(marked))
        }
        loaded = try await loaded.next(trigger: .targeted)
    }

    func outbox() async throws -> [String] {
        try await loaded.rows("select channel, event, subject from inflow.outbox order by id")
    }

    func text() async throws -> String {
        try await loaded.rows("select body from inflow.outbox order by id desc limit 1").first ?? ""
    }
}

@Suite("The digest of the week", .platform)
struct DigestTests {
    private static let due = SummaryFixture.due
    private static let subject = "email | digest | Inflow, Acme: the week to 2026-11-30: no Sync All"

    @Test("It is written once a week, at its time and not before, and says what is due from the setting on")
    func onceAWeek() async throws {
        try await SummaryFixture.run([("digest", "monday 08:00")]) { fixture in
            try await fixture.write(at: Self.due.addingTimeInterval(-3_600))
            #expect(
                try await fixture.outbox() == ["email | digest | Inflow, Acme: the week to 2026-11-23: no Sync All"])
            #expect(try await fixture.write() == [.digest])
            for hours: Double in [1, 24, 144] {
                #expect(try await fixture.write(at: Self.due.addingTimeInterval(hours * 3_600)).isEmpty)
            }
            #expect(try await fixture.write(at: Self.due.addingTimeInterval(7 * 86_400)) == [.digest])
            #expect(try await fixture.outbox().count == 3)
            // Of weeks in which nothing ran, only the last has one.
            #expect(try await fixture.write(at: Self.due.addingTimeInterval(30 * 86_400)) == [.digest])
            #expect(try await fixture.outbox().last?.contains("the week to 2026-12-28") == true)
        }
    }

    @Test("Many processes at once write one")
    func concurrent() async throws {
        try await SummaryFixture.run([("digest", "monday 08:00")]) { fixture in
            let same = fixture
            let written = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<6 { group.addTask { try await same.write().count } }
                return try await group.reduce(0, +)
            }
            #expect(written == 1)
            #expect(try await fixture.outbox() == [Self.subject])
        }
    }

    @Test("Nothing is due from before the setting was changed, which another setting does not count as")
    func since() async throws {
        try await SummaryFixture.run([]) { fixture in
            #expect(try await fixture.write().isEmpty)
            try fixture.connection.settings.take("digest", "monday 08:00")
            let store = ConnectionStore(fixture.loaded.warehouse)
            try await store.update(fixture.connection)
            let isNow = "select digest_since between now() - interval '1 hour' and now() from inflow.connection"
            #expect(try await fixture.loaded.rows(isNow) == ["t"])
            // The clock of the digest stands in the past of the setting.
            _ = try await fixture.loaded.rows(
                "update inflow.connection set digest_since = $1", .timestamp(Self.due.addingTimeInterval(1)))
            #expect(try await fixture.write().isEmpty)
            try fixture.connection.settings.take("freshness-hours", "40")
            try await store.update(fixture.connection)
            #expect(try await fixture.loaded.rows(isNow) == ["f"])
            #expect(try await fixture.write(at: Self.due.addingTimeInterval(8 * 86_400)) == [.digest])
            #expect(try await fixture.outbox().count == 1)
        }
    }

    @Test("A paused connection has none; without mail nothing is marked, and it leaves once there is")
    func withheld() async throws {
        try await SummaryFixture.run([("digest", "monday 08:00")]) { fixture in
            let store = ConnectionStore(fixture.loaded.warehouse)
            try await store.pause(fixture.connection)
            #expect(try await fixture.write().isEmpty)
            try await store.resume(fixture.connection)
            try await fixture.setMail(isOn: false)
            #expect(try await fixture.write().isEmpty)
            #expect(try await fixture.loaded.rows("select count(*) from inflow.summary") == ["0"])
            try await fixture.setMail()
            #expect(try await fixture.write() == [.digest])
            try fixture.connection.settings.take("digest", "off")
            #expect(try await fixture.write(at: Self.due.addingTimeInterval(8 * 86_400)).isEmpty)
        }
    }

    @Test("It counts the runs that began in the week, what they did, how far the tables are, and what waits by name")
    func contents() async throws {
        try await SummaryFixture.run([("digest", "monday 08:00")]) { fixture in
            let day = 86_400.0
            try await fixture.end(.green, at: Self.due.addingTimeInterval(-7 * day), [("staff", 900, 0, 0)])
            try await fixture.end(
                .green, at: Self.due.addingTimeInterval(-6 * day), [("staff", 1, 2, 0), ("invoice", 5, 0, 1)])
            try await fixture.end(
                .failed, at: Self.due.addingTimeInterval(-5 * day), error: "invoice: Status 503.",
                [("invoice", 2, 0, 0)])
            try await fixture.end(.green, at: Self.due.addingTimeInterval(-day), trigger: .values)
            try await fixture.end(.green, at: Self.due.addingTimeInterval(120), [("staff", 700, 0, 0)])
            try await seed(fixture)
            #expect(try await fixture.write(at: Self.due.addingTimeInterval(day)) == [.digest])
            #expect(try await fixture.outbox().last?.hasSuffix(": 1 of 2 Sync Alls went well") == true)
            let text = try await fixture.text()
            for line in [
                "Runs: 2 Sync Alls (1 green, 1 failed), 1 reading of values (1 green).", "failed: invoice: Status 503.",
                "  staff      1        2        0\n", "  invoice    7        0        1\n", "Calls: 63 in the week",
                "2026-09-01 to 2026-10-31, then a record is missing", "partial, 25 %", "not read, by choice",
                "Deletions that wait for you: 1 row: inflow deletions Acme\n",
                "  invoice INV-7, Smith, 2026-10-20: left the list\n",
                "Rejected: 1 record or value: inflow rejections Acme\n  invoice INV-7, Smith: amount \"x\"",
                "Quality: ", "Authorisation: none", "from 2026-11-23 08:00 to 2026-11-30 08:00 UTC",
            ] {
                #expect(text.contains(line), "\(line)\n\(text)")
            }
            // The states of jobs have no list of their own.
            let derived = text.split(separator: "\n").first { $0.contains("job_status") }
            #expect(derived?.hasSuffix(" 2026-08-01 to 2026-08-31") == true, "\(derived ?? "none")")
            #expect(!text.contains("uuid-7") && !text.contains("900") && !text.contains("700"), "\(text)")
        }
    }

    /// An invoice that is held and whose amount was rejected, coverage of some months, and values that lag.
    private func seed(_ fixture: SummaryFixture) async throws {
        for sql in [
            """
            insert into wfm.invoice (connection_id, uuid, number, client_name, issued_on, first_run_id, changed_run_id,
                changed_at, asked_at, content_hash)
            values ($1, 'uuid-7', 'INV-7', 'Smith', '2026-10-20', 1, 1, '2026-11-01', '2026-11-01', '')
            """,
            """
            insert into inflow.missing (connection_id, entity, key, dated_on, status, reason, chunk, run_id,
                first_run_id, asked_at)
            values ($1, 'invoice', 'uuid-7', '2026-10-20', 'held', 'left the list', 'whole', 1, 1, '2026-11-20'),
                ($1, 'timesheet', 'uuid-8', '2026-11-01', 'missing', null, 'whole', 1, 1, '2026-11-20')
            """,
            """
            insert into inflow.rejection (connection_id, run_id, last_run_id, entity, chunk, key, table_name,
                column_name, raw, reason)
            values ($1, 1, 1, 'invoice', 'whole', 'uuid-7', 'wfm.invoice', 'amount', 'x', 'not_a_number')
            """,
            """
            insert into inflow.coverage (connection_id, entity, month, verified_at, run_id)
            select $1, 'timesheet', m, '2026-11-30'::timestamptz, 1 from unnest('{2026-09-01,2026-10-01,2026-11-01}'::date[]) m
            union all select $1, 'job', '2026-08-01'::date, '2026-11-30', 1
            """,
            """
            insert into inflow.value_state (connection_id, entity, parent, parent_table, is_read, records, waiting,
                counted_at, run_id)
            values ($1, 'invoice_payment', 'invoice', 'wfm.invoice', true, 8, 6, '2026-11-29', 1),
                ($1, 'job_cost', 'job', 'wfm.job', false, 8, 8, '2026-11-29', 1)
            """,
        ] {
            _ = try await fixture.loaded.rows(sql, .int64(fixture.connection.id))
        }
    }
}

@Suite("The mail of a run that went well", .platform)
struct SuccessMailTests {
    private static let due = SummaryFixture.due

    @Test("Each Sync All that went well has one, also where nothing changed; no other run has")
    func always() async throws {
        try await SummaryFixture.run([("success-mail", "always")]) { fixture in
            try await fixture.end(.green, at: Self.due, [("staff", 3, 1, 0), ("job", 0, 0, 0)])
            #expect(try await fixture.write() == [.success])
            #expect(try await fixture.write().isEmpty)
            #expect(
                try await fixture.outbox() == ["email | success | Inflow, Acme: the sync went well, 4 rows changed"])
            try await fixture.end(.failed, at: Self.due, error: "why")
            try await fixture.end(.green, at: Self.due, trigger: .targeted, [("staff", 1, 0, 0)])
            try await fixture.end(.green, at: Self.due, trigger: .values, [("job_cost", 1, 0, 0)])
            #expect(try await fixture.write().isEmpty)
            try await fixture.end(.rejections, at: Self.due, trigger: .manual)
            #expect(try await fixture.write() == [.success])
            #expect(
                try await fixture.outbox().last
                    == "email | success | Inflow, Acme: the sync ended, look at it, nothing changed")
            let text = try await fixture.text()
            #expect(
                text.contains("rejected records or values. It ended 2026-11-30 08:00 UTC, after 21 calls and 14 s."))
        }
    }

    @Test("With only-when-changed a run that changed nothing has none, and is not looked at again")
    func onlyWhenChanged() async throws {
        try await SummaryFixture.run([("success-mail", "only-when-changed")]) { fixture in
            try await fixture.end(.green, at: Self.due, [("staff", 0, 0, 0)])
            #expect(try await fixture.write().isEmpty)
            #expect(try await fixture.loaded.rows("select kind from inflow.summary") == ["success"])
            try await fixture.end(.green, at: Self.due, [("staff", 0, 0, 1)])
            #expect(try await fixture.write() == [.success])
            #expect(try await fixture.outbox() == ["email | success | Inflow, Acme: the sync went well, 1 row changed"])
        }
    }

    @Test("A run that ended before the setting was changed, or more than a day ago, has none")
    func old() async throws {
        try await SummaryFixture.run([("success-mail", "always")]) { fixture in
            try await fixture.end(.green, at: Self.due.addingTimeInterval(-86_400))
            #expect(try await fixture.write().isEmpty)
            try await fixture.end(.green, at: Self.due.addingTimeInterval(-60))
            _ = try await fixture.loaded.rows("update inflow.connection set success_since = $1", .timestamp(Self.due))
            #expect(try await fixture.write().isEmpty)
        }
    }

    @Test("Amounts are what the live records are worth after the run, less what they were before it")
    func money() async throws {
        try await SummaryFixture.run([("success-mail", "always")]) { fixture in
            let run = fixture.loaded.run
            try await invoice(fixture, "new", amount: "1000.10", run: run)
            try await invoice(fixture, "same", amount: "7777", run: run - 1)
            try await invoice(fixture, "changed", amount: "250", run: run)
            try await invoice(fixture, "gone", amount: "80", run: run, isDeleted: true)
            try await invoice(fixture, "back", amount: "5", run: run)
            try await version(fixture, "changed", amount: "100.05", "updated", run: run)
            // A second version of the same run is its own work.
            try await version(fixture, "changed", amount: "9999", "updated", run: run)
            try await version(fixture, "gone", amount: "80", "marked_deleted", run: run)
            try await version(fixture, "back", amount: "5", "revived", run: run, wasDeleted: true)
            try await fixture.end(.green, at: Self.due, [("invoice", 1, 2, 1), ("staff", 1, 0, 0)])
            try await fixture.write()
            // 1000.10 + (250 - 100.05) - 80 + 5
            #expect(try await fixture.text().contains("  invoice    1        2        1  +1,075.05\n"))
            let later = fixture.loaded.run
            try await version(fixture, "new", amount: "1000.10", "updated", run: later)
            _ = try await fixture.loaded.rows("delete from inflow.summary")
            try await fixture.write()
            let text = try await fixture.text()
            #expect(text.contains("  invoice    1        2        1\n") && !text.contains("amount"), "\(text)")
        }
    }

    private func invoice(
        _ fixture: SummaryFixture, _ key: String, amount: String, run: Int64, isDeleted: Bool = false
    ) async throws {
        _ = try await fixture.loaded.rows(
            """
            insert into wfm.invoice (connection_id, uuid, issued_on, amount_including_tax, first_run_id, changed_run_id,
                changed_at, asked_at, content_hash, deleted_at)
            values ($1, $2, '2026-10-20', $3::text::numeric, 1, $4, now(), now(), '', case when $5 then now() end)
            """, .int64(fixture.connection.id), .text(key), .text(amount), .int64(run), .bool(isDeleted))
    }

    private func version(
        _ fixture: SummaryFixture, _ key: String, amount: String, _ change: String, run: Int64, wasDeleted: Bool = false
    ) async throws {
        _ = try await fixture.loaded.rows(
            """
            insert into inflow.history (connection_id, entity, key, valid_from, valid_until, run_id, change, record,
                lines)
            values ($1, 'invoice', $2, now(), now(), $4, $5, jsonb_build_object(
                'uuid', $2::text, 'amount_including_tax', $3::text::numeric, 'deleted_at', case when $6 then now() end),
                '{}')
            """, .int64(fixture.connection.id), .text(key), .text(amount), .int64(run), .text(change), .bool(wasDeleted)
        )
    }
}
