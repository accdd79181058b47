import Inflow
import Postgres
import TestSupport
import Testing

@testable import SQLFiles
@testable import Warehouse

@Suite("11.5 Warehouses that hold one identifier in several spellings", .platform)
struct IdentifierMigrationTests {
    private static let guid = "abcdef00-1234-5678-9abc-def012345678"
    private static let other = "11111111-2222-3333-4444-55555555555a"

    private func migrate(_ fixture: LoaderFixture) async throws {
        let file = try #require(SQLFile.all(in: "migrations").first { $0.name == "0029_wfm_identifiers" })
        try await fixture.session.execute("begin; \(file.text) commit")
    }

    private func supplier(_ fixture: LoaderFixture, _ uuid: String, _ name: String, age: Int, gone: Bool = false)
        async throws
    {
        try await fixture.rows(
            """
            insert into wfm.supplier (
                connection_id, uuid, name, first_run_id, changed_run_id, changed_at, asked_at, content_hash, deleted_at)
            values ($1, $2, $3, 1, 1, now() - $4 * interval '1 day', now() - $4 * interval '1 day', '\\x00',
                case when $5 then now() end)
            """, .int64(1), .text(uuid), .text(name), .int(age), .bool(gone))
        try await fixture.rows(
            """
            insert into wfm.supplier_contact (connection_id, supplier_uuid, uuid, position, name)
            values (1, $1, 'C-' || $2, 1, $2), (1, $1, $3, 2, $2)
            """, .text(uuid), .text(name), .text(Self.other.uppercased()))
    }

    @Test("Doubled rows become one, the newest that is not deleted, with its own lines; keys elsewhere follow")
    func doubled() async throws {
        let fixture = try await LoaderFixture()
        let upper = Self.guid.uppercased()
        try await supplier(fixture, upper, "old", age: 3)
        try await supplier(fixture, Self.guid, "new", age: 2)
        try await supplier(fixture, " \(Self.guid)", "gone", age: 1, gone: true)
        try await supplier(fixture, "{\(Self.other)}", "alone", age: 1)
        try await fixture.rows(
            """
            insert into inflow.parent_read (connection_id, entity, parent_key, status, asked_at, run_id)
            values (1, 'x', $1, 'read', now(), 1), (1, 'x', $2, 'read', now() - interval '1 day', 2),
                (1, 'y', $1, 'read', now(), 3)
            """, .text(upper), .text(Self.guid))
        try await fixture.rows(
            """
            insert into inflow.rejection (
                connection_id, run_id, last_run_id, entity, chunk, key, table_name, column_name, raw, reason)
            values (1, 1, 1, 'x', 'whole', $1 || '/7', '', '', '', 'missing')
            """, .text(upper))
        try await migrate(fixture)
        #expect(
            try await fixture.rows("select uuid, name, deleted_at is null from wfm.supplier order by uuid") == [
                "\(Self.other) | alone | t", "\(Self.guid) | new | t",
            ])
        #expect(
            try await fixture.rows("select supplier_uuid, uuid from wfm.supplier_contact order by 1, 2") == [
                "\(Self.other) | \(Self.other)", "\(Self.other) | C-alone", "\(Self.guid) | \(Self.other)",
                "\(Self.guid) | C-new",
            ])
        #expect(
            try await fixture.rows("select entity, parent_key, run_id from inflow.parent_read order by 1") == [
                "x | \(Self.guid) | 1", "y | \(Self.guid) | 3",
            ])
        #expect(try await fixture.rows("select key from inflow.rejection") == ["\(Self.guid)/7"])
        try await migrate(fixture)
        #expect(try await fixture.rows("select count(*) from wfm.supplier") == ["2"])
    }

    @Test("References follow, so that joins find what they found; texts that are no identifiers stay")
    func references() async throws {
        let fixture = try await LoaderFixture()
        try await fixture.rows(
            """
            insert into wfm.timesheet (
                connection_id, uuid, job_number, staff_uuid, note, worked_on, minutes, first_run_id, changed_run_id,
                changed_at, asked_at, content_hash)
            values (1, $1, ' J 1 ', $2, $2, '2026-01-01', 1, 1, 1, now(), now(), '\\x00')
            """, .text(Self.guid), .text(Self.other.uppercased()))
        try await migrate(fixture)
        #expect(
            try await fixture.rows("select job_number, staff_uuid, note from wfm.timesheet") == [
                "J 1 | \(Self.other) | \(Self.other.uppercased())"
            ])
    }
}

@Suite("11.5 One record in several spellings", .warehouse)
struct SpellingTests {
    private static let guid = "abcdef00-1234-5678-9abc-def012345678"
    private static let other = "11111111-2222-3333-4444-55555555555a"

    @Test("The same record in another spelling is the same row")
    func loading() async throws {
        let fixture = try await LoaderFixture()
        try await fixture.load(Thing(Self.guid.uppercased(), lines: [.init(uuid: Self.other.uppercased())]))
        let again = Thing(" \(Self.guid)", lines: [.init(uuid: Self.other)])
        #expect(try await fixture.load(again).words == "1 = 1 unchanged")
        #expect(try await fixture.rows("select uuid from t.thing") == [Self.guid])
    }
}
