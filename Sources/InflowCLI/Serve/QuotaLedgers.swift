import Inflow
import Warehouse
import WorkflowMax

/// The budgets of calls that this process takes part in, one for each organisation; given back before it ends.
actor QuotaLedgers {
    static let all = QuotaLedgers()

    private var budgets: [SharedQuota.Limits: [String: SharedQuotaLedger]] = [:]

    /// The budget of a connection's organisation.
    func budget(of connection: Connection, _ warehouse: Warehouse) -> SharedQuotaLedger {
        let limits = SharedQuota.Limits(connection.settings)
        let account = connection.settings.accountID.lowercased()
        if let budget = budgets[limits]?[account] { return budget }
        let budget = SharedQuotaLedger(warehouse, platform: WorkflowMax.platform, connection.settings)
        budgets[limits, default: [:]][account] = budget
        return budget
    }

    /// Gives back what is left of all.
    func close() async {
        for budget in budgets.values.flatMap(\.values) { await budget.close() }
        budgets = [:]
    }
}
