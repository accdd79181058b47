import Inflow
import Warehouse
import WorkflowMax

/// The call budgets that this process shares with others, one for each organisation.
///
/// Close them before the process ends: calls that it reserved and did not make then go back to the others.
actor QuotaLedgers {
    static let all = QuotaLedgers()

    private var budgets: [SharedQuota.Limits: [String: SharedQuotaLedger]] = [:]

    /// The shared budget of the organisation that a connection reads.
    func budget(of connection: Connection, _ warehouse: Warehouse) -> SharedQuotaLedger {
        let limits = SharedQuota.Limits(connection.settings)
        let account = connection.settings.accountID.lowercased()
        if let budget = budgets[limits]?[account] { return budget }
        let budget = SharedQuotaLedger(warehouse, platform: WorkflowMax.platform, connection.settings)
        budgets[limits, default: [:]][account] = budget
        return budget
    }

    /// Gives back all reserved calls.
    func close() async {
        for budget in budgets.values.flatMap(\.values) { await budget.close() }
        budgets = [:]
    }
}
