import Foundation
import Inflow
import Postgres
import TestSupport
import Testing

@testable import Warehouse

@Suite("13.3 Own fields as columns", .platform)
struct CustomFieldViewTests {
    private struct Field {
        let uuid: String
        let name: String
        let element: String
        var uses = ["UseJob"]
    }

    @Test("A field is a column of its type, whose name is safe and whose comment says what it is")
    func columns() async throws {
        let fixture = try await LoaderFixture()
        try await define(
            [
                Field(uuid: "f1", name: "Region", element: "Text"),
                Field(uuid: "f2", name: "Signed on", element: "Date"),
                Field(uuid: "f3", name: "Floors", element: "Number"),
                Field(uuid: "f4", name: "Area m²", element: "Decimal"),
                Field(uuid: "f5", name: "Heritage", element: "Boolean", uses: ["UseJob", "UseClient"]),
                Field(uuid: "f6", name: "O'Neill \\ \"x\"", element: "Text"),
            ], fixture)
        try await job("J1", fixture)
        try await job("J2", fixture)
        try await job("J3", fixture)
        try await value("J1", "f1", "text_value", "'North'", fixture)
        try await value("J1", "f2", "date_value", "'2026-02-28'", fixture)
        try await value("J1", "f3", "number_value", "3", fixture)
        try await value("J1", "f4", "decimal_value", "12.5", fixture)
        try await value("J1", "f5", "boolean_value", "true", fixture)
        try await asked(["J1", "J2"], fixture)

        let made = try await views(fixture).refresh()
        #expect(made.contains("job") && made.contains("dictionary"))
        // J2 was asked: its checkbox is not ticked; J3 was not, so that nothing is known of it.
        #expect(
            try await fixture.rows(
                """
                select number, region, signed_on, floors, area_m, heritage, o_neill_x, fields_read_at is not null
                from custom_acme.job order by number
                """) == [
                    "J1 | North | 2026-02-28 | 3 | 12.5 | t | ∅ | t", "J2 | ∅ | ∅ | ∅ | ∅ | f | ∅ | t",
                    "J3 | ∅ | ∅ | ∅ | ∅ | ∅ | ∅ | f",
                ])
        #expect(
            try await types("job", fixture) == [
                "area_m numeric", "floors numeric", "heritage boolean", "o_neill_x text", "region text",
                "signed_on date",
            ])
        #expect(try await types("client", fixture) == ["heritage boolean"])
        #expect(
            try await comment("o_neill_x", fixture)
                == "The organisation's own field \"O'Neill \\ \"x\"\", identifier f6.")
        #expect(
            try await fixture.rows(
                """
                select name, column_name, value_type, records_with_value, records_asked, fill_share
                from custom_acme.dictionary where kind = 'job' and name in ('Region', 'Floors') order by name
                """) == ["Floors | floors | number | 1 | 2 | 0.5000", "Region | region | text | 1 | 2 | 0.5000"])
        #expect(try await views(fixture).refresh() == [])
    }

    @Test("Renamed: the comment changes; retyped: a column more, the old one stays; removed: the column stays")
    func life() async throws {
        let fixture = try await LoaderFixture()
        try await define([Field(uuid: "f1", name: "Region", element: "Text")], fixture)
        try await job("J1", fixture)
        try await value("J1", "f1", "text_value", "'12'", fixture)
        _ = try await views(fixture).refresh()
        try await fixture.rows("create view public.mine as select region from custom_acme.job")

        try await define([Field(uuid: "f1", name: "Area", element: "Text")], fixture)
        #expect(try await views(fixture).refresh() == ["job"])
        #expect(try await types("job", fixture) == ["region text"])
        #expect(try await comment("region", fixture).contains("\"Area\""))

        try await define([Field(uuid: "f1", name: "Area", element: "Number")], fixture)
        #expect(try await views(fixture).refresh() == ["job"])
        #expect(try await types("job", fixture) == ["region text", "area numeric"])
        #expect(try await comment("region", fixture).contains("Not defined so any more"))
        #expect(try await fixture.rows("select region, area from custom_acme.job") == ["12 | ∅"])
        try await fixture.rows("update wfm.job_custom_field set text_value = null, number_value = 12")
        #expect(try await fixture.rows("select region, area from custom_acme.job") == ["∅ | 12"])

        try await fixture.rows("update wfm.custom_field set deleted_at = now()")
        #expect(try await views(fixture).refresh() == ["job"])
        #expect(try await types("job", fixture) == ["region text", "area numeric"])
        #expect(try await fixture.rows("select region from public.mine") == ["∅"])
        #expect(try await fixture.rows("select column_name from custom_acme.dictionary where kind = 'job'") == [])

        // Back again it has its column again, and no second one.
        try await fixture.rows("update wfm.custom_field set deleted_at = null")
        #expect(try await views(fixture).refresh() == ["job"])
        #expect(try await types("job", fixture) == ["region text", "area numeric"])
    }

    @Test("300 fields, half of them of one name, are 300 columns")
    func many() async throws {
        let fixture = try await LoaderFixture()
        let long = String(repeating: "Very long name of a field ", count: 4)
        try await define(
            (1...300).map { number in
                Field(uuid: "f\(number)", name: number % 2 == 0 ? long : "Field \(number)", element: "Text")
            }, fixture)
        try await job("J1", fixture)
        for number in 1...300 { try await value("J1", "f\(number)", "text_value", "'\(number)'", fixture) }
        _ = try await views(fixture).refresh()
        let columns = try await types("job", fixture)
        #expect(columns.count == 300 && Set(columns).count == 300)
        let row = try await fixture.session.query("select to_jsonb(j) as row from custom_acme.job j")[0].text("row")
        let object = try #require(try JSONSerialization.jsonObject(with: Data(row.utf8)) as? [String: Any])
        #expect(Set(object.values.compactMap { $0 as? String }).isSuperset(of: (1...300).map { "\($0)" }))
    }

    @Test("A reader reads the views of its connection, and those of another without a row; a rename takes them along")
    func readers() async throws {
        try await Readers.run { readers in
            for fixture in [readers.acme, readers.other] {
                try await define([Field(uuid: "own", name: "Secret project", element: "Text")], fixture)
                _ = try await CustomFieldViews(fixture.warehouse, fixture.connection).refresh()
            }
            let session = try await readers.session(.acme)
            #expect(try await !session.query("select secret_project from custom_acme.job").isEmpty)
            #expect(try await !session.query("select * from custom_acme.dictionary").isEmpty)
            for view in ["job", "dictionary"] {
                #expect(try await session.query("select * from custom_other.\(view)").isEmpty)
            }
            let all = try await readers.session(.all)
            #expect(try await !all.query("select secret_project from custom_other.job").isEmpty)

            try await readers.acme.rows("update inflow.connection set name = 'Acme New' where name = 'Acme'")
            _ = try await CustomFieldViews(readers.acme.warehouse, readers.acme.connection).refresh()
            #expect(try await !session.query("select secret_project from custom_acme_new.job").isEmpty)
            for one in [session, all] { await one.close() }
        }
    }

    @Test("The views go with their connection; a person's own view on top stays, with what it needs")
    func removed() async throws {
        let fixture = try await LoaderFixture()
        try await define([Field(uuid: "f1", name: "Region", element: "Text", uses: ["UseJob", "UseClient"])], fixture)
        _ = try await views(fixture).refresh()
        try await fixture.rows("create view public.mine as select region from custom_acme.job")
        try await views(fixture).drop()
        #expect(
            try await fixture.rows("select relname from pg_class where relnamespace = 'custom_acme'::regnamespace")
                == ["job"])
        try await fixture.rows("drop view public.mine")
        try await views(fixture).drop()
        #expect(try await fixture.rows("select count(*) from pg_namespace where nspname = 'custom_acme'") == ["0"])
    }

    // MARK: rows

    private func views(_ fixture: LoaderFixture) -> CustomFieldViews {
        CustomFieldViews(fixture.warehouse, fixture.connection)
    }

    private func define(_ fields: [Field], _ fixture: LoaderFixture) async throws {
        for field in fields {
            let flags = Set(field.uses)
            try await fixture.session.query(
                """
                insert into wfm.custom_field (connection_id, uuid, name, value_element, use_job, use_client, \(Self.bookkeeping))
                values ($1, $2, $3, $4, $5, $6, \(fixture.run), \(fixture.run), now(), now(), '')
                on conflict (connection_id, uuid) do update set name = excluded.name, value_element = excluded.value_element
                """,
                [
                    .int64(fixture.connection.id), .text(field.uuid), .text(field.name), .text(field.element),
                    .bool(flags.contains("UseJob")), .bool(flags.contains("UseClient")),
                ])
        }
    }

    private static let bookkeeping = "first_run_id, changed_run_id, changed_at, asked_at, content_hash"

    private func job(_ number: String, _ fixture: LoaderFixture) async throws {
        try await fixture.rows(
            """
            insert into wfm.job (connection_id, uuid, number, \(Self.bookkeeping))
            values (\(fixture.connection.id), 'u-\(number)', '\(number)', \(fixture.run), \(fixture.run), now(), now(), '')
            """)
    }

    private func value(
        _ number: String, _ field: String, _ column: String, _ sql: String, _ fixture: LoaderFixture
    ) async throws {
        try await fixture.rows(
            """
            insert into wfm.job_custom_field (connection_id, job_number, custom_field_uuid, \(column), \(Self.bookkeeping))
            values (\(fixture.connection.id), '\(number)', '\(field)', \(sql), \(fixture.run), \(fixture.run), now(), now(), '')
            """)
    }

    private func asked(_ numbers: [String], _ fixture: LoaderFixture) async throws {
        for number in numbers {
            try await fixture.rows(
                """
                insert into inflow.parent_read (connection_id, entity, parent_key, status, asked_at, run_id)
                values (\(fixture.connection.id), 'job_custom_field', '\(number)', 'read', now(), \(fixture.run))
                """)
        }
    }

    /// The columns of own fields, with their types, in order.
    private func types(_ view: String, _ fixture: LoaderFixture) async throws -> [String] {
        try await fixture.rows(
            """
            select a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
            from pg_attribute a
            where a.attrelid = 'custom_acme.\(view)'::regclass and a.attnum > 0
                and a.attnum > (select attnum from pg_attribute
                    where attrelid = a.attrelid and attname = 'fields_read_at')
            order by a.attnum
            """)
    }

    private func comment(_ column: String, _ fixture: LoaderFixture) async throws -> String {
        try await fixture.rows(
            """
            select col_description(a.attrelid, a.attnum) from pg_attribute a
            where a.attrelid = 'custom_acme.job'::regclass and a.attname = '\(column)'
            """)[0]
    }
}
