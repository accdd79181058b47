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
}
