import Inflow
import Warehouse
import WorkflowMax

extension RunPlan {
    /// Looks once more for the rows of some entities whose deletion a person approved.
    ///
    /// Reads the months again that have many of the rows; then asks for what they lack by key where the API has a call
    /// for one record, or for the record they hang on, and else reads the list again.
    static func lookingAgain(
        for pending: Set<String>, _ wiring: Wiring, _ connection: Connection
    ) async throws -> RunPlan {
        var parts: [RunPlan.Part] = []
        for entity in WorkflowMax.entities where pending.contains(entity.name) {
            let months = try await MissingRows(wiring.warehouse, connection).monthsToReadAgain(entity)
            let isListed = entity.get == nil && !entity.isDated && !entity.isPerParent
            parts.append(
                RunPlan.Part(
                    entity: entity,
                    chunks: isListed ? [.whole] : months.compactMap(Window.init(month:)).map { .span($0) }))
        }
        return RunPlan(
            trigger: .deletions, scope: "deletions approved: \(pending.sorted().joined(separator: ", "))",
            parts: parts, known: WorkflowMax.entities
        ).withDerived(connection.settings)
    }
}
