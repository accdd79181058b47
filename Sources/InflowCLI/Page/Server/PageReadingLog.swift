import ConnectionPage
import Inflow
import Warehouse

/// What people read out, as the audit log has it; a select is cut there to its first 2,000 characters.
struct PageReadingLog: ReadingLog {
    let wiring: Wiring

    func note(_ reading: Reading, of name: String, by doer: Doer) async throws {
        try await forPage {
            let connection = try await wiring.connection(name)
            switch reading {
            case .query(let sql):
                try await wiring.audit(.queryRun, by: doer, connection, details: ["query": sql])
            case .queryFile(let sql):
                try await wiring.audit(
                    .rowsExported, by: doer, connection, subject: "a query", details: ["query": sql])
            case .file(let what, let question):
                try await wiring.audit(
                    .rowsExported, by: doer, connection, subject: what,
                    details: question.isEmpty ? [:] : ["rows": question])
            }
        }
    }
}
