import Foundation
import Testing

@testable import InflowCLI
@testable import Warehouse

@Suite("Forms of a login for tools")
struct CredentialFormTests {
    private func forms(_ host: String, _ database: String, _ user: String = "inflow_reader_1") -> [String: String] {
        let access = ReaderRoles.Access(
            host: host, port: 5433, database: database, user: user, password: "top secret", sql: nil)
        return Dictionary(access.toolStrings.map { ($0.tool, $0.text) }, uniquingKeysWith: { $1 })
    }

    @Test("Each tool gets its form of host, port, database and user, and none the password")
    func plain() {
        let forms = forms("db.example.com", "inflow")
        #expect(forms["URL"] == "postgresql://inflow_reader_1@db.example.com:5433/inflow")
        #expect(forms["psql"] == "psql \"postgresql://inflow_reader_1@db.example.com:5433/inflow\"")
        #expect(forms["JDBC"] == "jdbc:postgresql://db.example.com:5433/inflow?user=inflow_reader_1")
        #expect(
            forms["Excel (ODBC)"] == "Driver={PostgreSQL Unicode(x64)};Server=db.example.com;Port=5433;Database=inflow;"
                + "Uid=inflow_reader_1;SSLmode=prefer")
        #expect(forms["Power BI"] == "server db.example.com:5433, database inflow")
        #expect(!forms.values.contains { $0.contains("top secret") })
    }

    @Test("An address of IPv6 is in brackets where a port follows; the folder of a socket is the host of the question")
    func hosts() {
        #expect(forms("::1", "inflow")["URL"] == "postgresql://inflow_reader_1@[::1]:5433/inflow")
        #expect(forms("::1", "inflow")["Excel (ODBC)"]?.contains("Server=::1;") == true)
        #expect(
            forms("/run/my server", "inflow")["URL"]
                == "postgresql:///inflow?host=%2Frun%2Fmy%20server&port=5433&user=inflow_reader_1")
    }

    @Test("A name with marks of a form does not end the value, or begin another")
    func marks() {
        let odd = forms("localhost", "a/b?c&d #e;Uid=root}", "it's @me")
        #expect(odd["URL"] == "postgresql://it%27s%20%40me@localhost:5433/a%2Fb%3Fc%26d%20%23e%3BUid%3Droot%7D")
        #expect(odd["JDBC"]?.hasSuffix("/a%2Fb%3Fc%26d%20%23e%3BUid%3Droot%7D?user=it%27s%20%40me") == true)
        #expect(odd["Excel (ODBC)"]?.contains("Database={a/b?c&d #e;Uid=root}}};Uid=it's @me;SSLmode") == true)
    }
}
