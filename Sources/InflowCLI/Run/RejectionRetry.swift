import Inflow
import Warehouse
import WorkflowMax

/// Rejected records that can be asked for again, by key, and those that only their list brings.
struct RejectionRetry {
    /// Asks for the records by key; without parts where none can be asked for so.
    let plan: RunPlan
    /// The rejections whose records the plan asks for.
    let tried: [Int64]
    /// The open rejections whose records have no call by key.
    let others: [Rejections.Entry]

    /// The retry of some open rejections.
    static func make(
        _ open: [Rejections.Entry], _ wiring: Wiring, _ connection: Connection
    ) async throws -> RejectionRetry {
        let rejections = Rejections(wiring.warehouse, connection)
        var keys: [String: [String]] = [:]
        var tried: [Int64] = []
        for entity in WorkflowMax.entities {
            let names = try await rejections.askable(open.filter { $0.entity == entity.name }, of: entity)
            keys[entity.name] = names.sorted { $0.key < $1.key }.map(\.value)
            tried += names.keys
        }
        return RejectionRetry(
            plan: RunPlan.retry(keys, of: WorkflowMax.entities).withDerived(connection.settings), tried: tried,
            others: open.filter { !tried.contains($0.id) })
    }

    /// The retry of rejections by number, as far as they are open; without numbers, of all open ones.
    static func make(_ ids: [Int64], _ wiring: Wiring, _ connection: Connection) async throws -> RejectionRetry {
        let rejections = Rejections(wiring.warehouse, connection)
        let chosen = ids.isEmpty ? try await rejections.list() : try await rejections.find(ids)
        return try await make(chosen.filter { $0.status == .open }, wiring, connection)
    }
}
