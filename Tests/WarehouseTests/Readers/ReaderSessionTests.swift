import Foundation
import Inflow
import Postgres
import TestSupport
import Testing

@testable import Warehouse

@Suite("13.6 Sessions of a person who reads", .platform)
struct ReaderSessionTests {
    private func all(_ session: ReaderSession, _ sql: String, _ parameters: [String?] = []) async throws -> [[String?]]
    {
        var cursor = try await session.rows(sql, parameters)
        var all: [[String?]] = []
        while let rows = try await cursor.rows() { all += rows }
        return all
    }

    private func reading(_ reader: ReaderRoles.Reader, _ body: (ReaderSession) async throws -> Void) async throws {
        let warehouse = Warehouse(url: try TestDatabase.current.url)
        let session = try await ReaderSession.open(warehouse, as: reader)
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await body(session)) } catch { outcome = .failure(error) }
        await session.close()
        let roles = try await warehouse.query(
            "select rolname as name from pg_roles where starts_with(rolname, current_database() || '_reader_')",
            doing: "test")
        for name in try roles.texts("name") where name.hasSuffix("_terminal") { try await Readers.dropRole(name) }
        try outcome.get()
    }

    @Test("It sees the rows of its reader, also through an expression of a person's own")
    func rows() async throws {
        try await Readers.run { readers in
            try await reading(.connection(readers.acme.connection)) { session in
                let own = String(readers.acme.connection.id)
                #expect(try await all(session, "select distinct connection_id from wfm.client") == [[own]])
                #expect(
                    try await all(session, "select distinct connection_id from report.quality").allSatisfy {
                        $0 == [own]
                    })
                let relations = try await session.relations().map(\.fullName)
                #expect(relations.contains("wfm.invoice") && relations.contains("report.quality"))
                #expect(!relations.contains { $0.hasPrefix("inflow.") })
            }
            try await reading(.all) { session in
                let ids = try await all(session, "select distinct connection_id from wfm.client order by 1")
                #expect(ids.compactMap { $0[0].flatMap { Int64($0) } } == readers.ids(.all))
            }
        }
    }

    @Test(
        "It takes one select and nothing that changes or looks elsewhere",
        arguments: [
            ("delete from wfm.client", WarehouseError.Code.statementFailed),
            ("select 1; drop table wfm.client", .statementFailed), ("select 1 as", .statementFailed),
            ("select client_secret from inflow.connection", .statementFailed), ("select * from pg_authid", .notAllowed),
            ("select set_config('role', 'postgres', false)", .notAllowed),
            ("select pg_read_file('/etc/hosts')", .notAllowed),
            ("select pg_sleep(100)", .statementCancelled),
        ])
    func refusals(sql: String, code: WarehouseError.Code) async throws {
        try await Readers.run { readers in
            var connection = readers.acme.connection
            connection.settings.readerSeconds = 1
            try await reading(.connection(connection)) { session in
                let error = await #expect(throws: WarehouseError.self) { _ = try await all(session, sql) }
                #expect(error?.code == code, "\(sql): \(error?.message ?? "")")
                #expect(error?.remedy == nil, "the message says all")
            }
        }
    }

    @Test("An answer of any length comes in pieces, in order, with the columns and kinds also where it is empty")
    func pieces() async throws {
        try await Readers.run { readers in
            try await reading(.all) { session in
                for count in [0, 1, ReaderCursor.batch, ReaderCursor.batch + 1, 3 * ReaderCursor.batch] {
                    let rows = try await all(session, "select n from generate_series(1, $1::int) n", [String(count)])
                    #expect(rows.map { $0[0] } == (0..<count).map { String($0 + 1) })
                }
                var cursor = try await session.rows(
                    "select 1::numeric as a, true as b, now() as c, date '2026-01-01' as d, '{}'::jsonb as e, '' as f "
                        + "where false")
                #expect(cursor.columns.map(\.name) == ["a", "b", "c", "d", "e", "f"])
                #expect(cursor.columns.map(\.kind) == [.number, .boolean, .instant, .day, .json, .text])
                #expect(try await cursor.rows() == nil)
                cursor = try await session.rows("select generate_series(1, 100000)")
                _ = try await cursor.rows()
                try await cursor.end()
                #expect(try await all(session, "select null::text; ") == [[nil]], "another answer after half of one")
            }
        }
    }

    @Test("Sessions that open at once do not take each other's password away")
    func atOnce() async throws {
        try await Readers.run { readers in
            let warehouse = readers.acme.warehouse
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        let session = try await ReaderSession.open(warehouse, as: .all)
                        await session.close()
                    }
                }
                try await group.waitForAll()
            }
            try await reading(.all) { _ in }
        }
    }

    @Test("Each select of sql/examples says its question, and a reader can run it")
    func examples() async throws {
        let folder = Checkout.file("sql/examples")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        #expect(files.count >= 20)
        try await Readers.run { readers in
            try await reading(.connection(readers.acme.connection)) { session in
                for file in files {
                    let text = try String(contentsOf: file, encoding: .utf8)
                    #expect(text.wholeMatch(of: /(?s)-- Question: [^\n]+\?\n.*;\n/) != nil, "\(file.lastPathComponent)")
                    do {
                        var cursor = try await session.rows(text)
                        while try await cursor.rows() != nil {}
                        #expect(!cursor.columns.isEmpty)
                    } catch {
                        Issue.record("\(file.lastPathComponent): \(error)")
                    }
                }
            }
        }
    }

    @Test("The views of a connection's own fields are among its relations, and not among another's")
    func ownFields() async throws {
        try await Readers.run { readers in
            let acme = readers.acme
            try await acme.session.query(
                """
                update wfm.custom_field set uuid = 'f1', name = 'Region', value_element = 'Text', use_client = true
                where connection_id = $1
                """, [.int64(acme.connection.id)])
            #expect(try await CustomFieldViews(acme.warehouse, acme.connection).refresh().contains("client"))
            try await reading(.connection(acme.connection)) { session in
                let relations = try await session.relations()
                let own = try ReportQuery.find("custom_acme.client", among: relations.filter(\.isReport))
                #expect(own.columns.contains { $0.name == "region" })
                _ = try await all(session, try ReportQuery(own).statement().sql)
            }
            try await reading(.connection(readers.other.connection)) { session in
                let seen = try await session.relations().map(\.schema)
                #expect(!seen.contains("custom_acme"))
            }
            let dictionary = try await ShownRelation.all(of: readers.other.connection, in: acme.warehouse)
            #expect(!dictionary.contains { $0.schema == "custom_acme" })
        }
    }
}
