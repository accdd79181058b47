import Foundation
import Postgres
import TestSupport
import Testing

/// Databases that Inflow cannot work with, and roles that may not do everything.
@Suite("Databases and roles that do not fit", .timeLimit(.minutes(5)))
struct UnfitDatabaseTests {
    @Test(
        "A database whose encoding is not UTF8 is refused, with the command that makes one",
        arguments: ["LATIN1", "WIN1252", "SQL_ASCII"])
    func encoding(encoding: String) async throws {
        let name = "inflow_test_encoding_\(UUID().uuidString.prefix(8).lowercased())"
        try await administer("create database \(name) encoding '\(encoding)' locale 'C' template template0")
        let url = try TestURL.replacingDatabase(of: try await TestCluster.shared.url(), with: name)
        try await InflowFixture.run(url: url, connects: false) { fixture in
            for command in ["migrate", "doctor"] {
                let ending = try await fixture.inflow(command)
                #expect(ending.code == 1, "\(command): \(ending)")
                let words = command == "doctor" ? ending.output : ending.error
                for part in [name, "has the encoding \(encoding)", "createdb -E UTF8 -T template0"] {
                    #expect(words.contains(part), "\(command): \(ending)")
                }
            }
            #expect(try await fixture.number("select count(*) from pg_namespace where nspname like 'inflow%'") == 0)
        }
        try await administer("drop database \(name)")
    }

    @Test("A role that may not create schemas gets the SQL for an administrator, which helps", .database)
    func noCreate() async throws {
        try await withRole { fixture, role, url in
            let refused = try await fixture.start(["migrate"], ["INFLOW_DATABASE_URL": url]).ending()
            #expect(refused.code == 1, "\(refused)")
            let grant = "grant create, temporary on database \(try TestDatabase.current.name) to \(role);"
            #expect(refused.errorLines.contains { $0.trimmingCharacters(in: .whitespaces) == grant }, "\(refused)")
            _ = try await fixture.query(grant)
            let migrate = try await fixture.start(["migrate"], ["INFLOW_DATABASE_URL": url]).ending()
            #expect(migrate.code == 0, "\(migrate)")
        }
    }

    @Test("Schemas that an administrator made for the role are all that it needs", .database)
    func ownSchemas() async throws {
        try await withRole { fixture, role, url in
            for schema in ["inflow_migration", "inflow", "wfm", "setting", "report", "bi"] {
                _ = try await fixture.query("create schema \(schema) authorization \(role)")
            }
            let migrate = try await fixture.start(["migrate"], ["INFLOW_DATABASE_URL": url]).ending()
            #expect(migrate.code == 0, "\(migrate)")
            let again = try await fixture.start(["migrate"], ["INFLOW_DATABASE_URL": url]).ending()
            #expect(again.code == 0 && again.output == "The warehouse is up to date.\n", "\(again)")
        }
    }

    @Test("Tables of another role are named with the SQL that hands them over", .database(.warehouse))
    func foreignTables() async throws {
        try await withRole { fixture, role, url in
            _ = try await fixture.query("grant usage on schema inflow_migration to \(role)")
            _ = try await fixture.query(
                "grant select, insert, update on all tables in schema inflow_migration to \(role)")
            _ = try await fixture.query("update inflow_migration.report set checksum = '' where name <> '(readers)'")
            let refused = try await fixture.start(["migrate"], ["INFLOW_DATABASE_URL": url]).ending()
            #expect(refused.code == 1, "\(refused)")
            let rights = refused.errorLines.map { $0.trimmingCharacters(in: .whitespaces) }.filter { line in
                line.hasSuffix(";") && ["grant ", "alter "].contains { line.hasPrefix($0) }
            }
            #expect(rights.contains("alter schema report owner to \(role);"), "\(refused)")
            for right in rights { _ = try await fixture.query(right) }
            let migrate = try await fixture.start(["migrate"], ["INFLOW_DATABASE_URL": url]).ending()
            #expect(migrate.code == 0, "\(migrate)")
        }
    }

    @Test("A role that may make no temporary tables is a fault that doctor names, with the SQL", .database(.warehouse))
    func noTemporaryTables() async throws {
        try await withRole { fixture, role, url in
            let name = try TestDatabase.current.name
            _ = try await fixture.query("revoke temporary on database \(name) from public")
            let doctor = try await fixture.start(["doctor"], ["INFLOW_DATABASE_URL": url]).ending()
            #expect(doctor.code == 1, "\(doctor)")
            #expect(doctor.output.contains("fault  the role may not make temporary tables"), "\(doctor)")
            #expect(doctor.output.contains("grant temporary on database \(name) to \(role);"), "\(doctor)")
        }
    }

    @Test("A database whose transactions are read-only is a fault that doctor names", .database(.warehouse))
    func readOnly() async throws {
        try await InflowFixture.run { fixture in
            let name = PostgresConnection.quoted(try TestDatabase.current.name)
            _ = try await fixture.query("alter database \(name) set default_transaction_read_only = on")
            let doctor = try await fixture.inflow("doctor")
            #expect(doctor.code == 1 && doctor.output.contains("fault  transactions are read-only"), "\(doctor)")
        }
    }

    /// Runs `body` with a role that owns nothing in the test's database, and the address at which it logs in.
    private func withRole(_ body: (InflowFixture, String, String) async throws -> Void) async throws {
        let role = "inflow_test_role_\(UUID().uuidString.prefix(8).lowercased())"
        try await InflowFixture.run(connects: false) { fixture in
            _ = try await fixture.query("create role \(role) login")
            let outcome: Result<Void, any Error>
            do {
                outcome = .success(
                    try await body(fixture, role, fixture.url.replacing("user=postgres", with: "user=\(role)")))
            } catch {
                outcome = .failure(error)
            }
            _ = try await fixture.query("reassign owned by \(role) to current_user")
            _ = try await fixture.query("drop owned by \(role)")
            _ = try await fixture.query("drop role \(role)")
            try outcome.get()
        }
    }

    private func administer(_ sql: String) async throws {
        _ = try await PostgresConnection.rows(at: try await TestCluster.shared.url(), sql)
    }
}
