import Inflow

extension EntityDefinition {
    /// The price list of costs: items, not what was booked on jobs.
    ///
    /// The list comes in pages of a size the platform fixes, and a page whose `Records` is 0 ends it.
    /// Source: API V1, `cost.api/list?page=`, `get`; reference §2.3, §6.4.
    static let cost = EntityDefinition(
        "cost", .reference,
        summary: "The price list of costs.",
        endpoint: Endpoint("cost.api/list", items: "Response/Costs/Cost", "Response/Cost", paging: .untilEmpty),
        get: Endpoint("cost.api/get/{key}", items: "Response/Cost", "Response/Costs/Cost"),
        window: .whole,
        table: "wfm.cost",
        key: ["uuid"],
        columns: [
            .identifier("uuid", at: "UUID", presence: .required),
            .text("description", at: "Description"),
            .text("code", at: "Code"),
            .text("note", at: "Note"),
            .money("unit_cost", at: "UnitCost"),
            .money("unit_price", at: "UnitPrice"),
            .identifier("supplier_uuid", at: "Supplier/UUID"),
            .text("supplier_name", at: "Supplier/Name"),
            .text("income_account", at: "IncomeAccount"),
            .text("cost_of_sale_account", at: "CostOfSaleAccount"),
        ],
        after: ["supplier"]
    )
}
