import Inflow
import Sync
import Warehouse
import WorkflowMax

extension Wiring {
    /// The run engine of a connection, with at most five chunks at the same time.
    func engine(
        _ connection: Connection, isDry: Bool = false, progress: @escaping @Sendable (Sync.Progress) -> Void
    ) async throws -> RunEngine<WorkflowMax> {
        let atOnce = connection.settings.callsAtOnce
        return RunEngine(
            warehouse, connection, try await source(connection), workers: atOnce == 0 ? 5 : min(5, atOnce),
            isDry: isDry, logger: logger, progress: progress)
    }

    /// Runs a plan and shows its progress; Ctrl-C interrupts the run.
    func run(_ plan: RunPlan, of connection: Connection, isDry: Bool = false) async throws -> RunReport {
        let display = ProgressDisplay(calls: plan.calls, perMinute: connection.settings.callsPerMinute)
        let engine = try await engine(connection, isDry: isDry) { display.take($0) }
        return try await display.live(waiting: { await waitReason(connection) }) {
            try await interruptible { try await engine.run(plan) }
        }
    }
}
