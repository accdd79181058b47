import Inflow
import Warehouse

extension Wiring {
    /// Notes what somebody did on the page or through the API, for what no store notes by itself.
    func audit(
        _ action: AuditAction, by doer: Doer, _ connection: Connection? = nil, subject: String? = nil,
        details: [String: String] = [:]
    ) async throws {
        try await AuditLog(warehouse).note(
            AuditEntry(action, by: doer, connection: connection?.name, subject: subject, details: details))
    }

    /// Notes what a command reads out or has done already; where that fails, the command says so and goes on.
    ///
    /// A person who runs a command knows the database's address and can read the rows without Inflow: a refusal keeps
    /// nobody out. A backup is wanted most when the disk is full.
    func auditIfPossible(
        _ action: AuditAction, _ connection: Connection? = nil, subject: String? = nil, details: [String: String] = [:]
    ) async {
        let entry = AuditEntry(
            action, by: .command, connection: connection?.name, subject: subject, details: details)
        do throws(WarehouseError) {
            try await AuditLog(warehouse).note(entry)
        } catch {
            Console.note("This is not in the audit log: \(error.message)")
        }
    }
}
