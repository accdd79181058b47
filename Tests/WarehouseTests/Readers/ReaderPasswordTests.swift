import Testing

@testable import Warehouse

@Suite("Readers: passwords")
struct ReaderPasswordTests {
    @Test("Passwords are 32 letters and digits, and no two are the same")
    func random() {
        let passwords = (0..<100).map { _ in ReaderPassword.make() }
        #expect(Set(passwords).count == 100)
        #expect(passwords.allSatisfy { $0.count == 32 && $0.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) } })
    }

    @Test("Names of roles carry the database's, fit into 63 bytes and stay apart")
    func names() {
        #expect(ReaderRoles.roleName(database: "inflow", connection: 7) == "inflow_reader_7")
        #expect(ReaderRoles.roleName(database: "inflow", connection: nil) == "inflow_reader_all")
        #expect(ReaderRoles.roleName(database: "pg_mine", connection: 7) == "inflow_pg_mine_reader_7")
        let long = String(repeating: "ä", count: 30)
        let names = ["x", "y"].map { ReaderRoles.roleName(database: long + $0, connection: .max) }
        #expect(names.allSatisfy { $0.utf8.count <= 63 && $0.hasSuffix("_reader_9223372036854775807") })
        #expect(names[0] != names[1])
    }
}
