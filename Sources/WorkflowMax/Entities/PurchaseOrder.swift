import Inflow

extension EntityDefinition {
    /// Purchase orders, with their cost lines.
    ///
    /// The number is the only key: the platform sends no identifier. Lines have none either. The vendor's examples do
    /// not add up, so nothing relies on sums.
    /// Source: API V1, `purchaseorder.api/list`, `current`, `draft`, `get`; reference §5.5.
    static let purchaseOrder = EntityDefinition(
        "purchase_order", .transactional,
        summary: "Purchase orders to suppliers, with cost lines.",
        endpoint: Endpoint(
            "purchaseorder.api/list", items: "Response/PurchaseOrders/PurchaseOrder", "Response/PurchaseOrder",
            paging: .counted(size: 1000), detailed: true),
        get: Endpoint(
            "purchaseorder.api/get/{key}", items: "Response/PurchaseOrder", "Response/PurchaseOrders/PurchaseOrder"),
        window: .span(WindowRule.Span(from: "from", to: "to", on: "issued_on")),
        sweeps: [
            Endpoint(
                "purchaseorder.api/current", items: "Response/PurchaseOrders/PurchaseOrder", "Response/PurchaseOrder",
                detailed: true),
            Endpoint(
                "purchaseorder.api/draft", items: "Response/PurchaseOrders/PurchaseOrder", "Response/PurchaseOrder",
                detailed: true),
        ],
        state: "state",
        table: "wfm.purchase_order",
        key: ["number"],
        columns: [
            .code("number", at: "ID", presence: .required, "The only key: there is no identifier."),
            .text("state", at: "State"),
            .date("issued_on", at: "Date", presence: .required, "What `from` and `to` filter by."),
            .text("description", at: "Description"),
            .text("delivery_address", at: "DeliveryAddress"),
            .money("amount", at: "Amount"),
            .money("amount_tax", at: "AmountTax"),
            .money("amount_including_tax", at: "AmountIncludingTax"),
            .identifier("supplier_uuid", at: "Supplier/UUID"),
            .text("supplier_name", at: "Supplier/Name"),
            .code("job_number", at: "Job/ID"),
            .text("job_name", at: "Job/Name"),
        ],
        children: [
            Child(
                at: "Costs/Cost", table: "wfm.purchase_order_cost", key: ["purchase_order_number", "position"],
                summary: "A line of a purchase order.",
                columns: [
                    .parent("purchase_order_number", "number"),
                    .position(),
                    .text("description", at: "Description"),
                    .text("note", at: "Note"),
                    .text("code", at: "Code"),
                    .boolean("billable", at: "Billable"),
                    .decimal("quantity", at: "Quantity"),
                    .money("unit_cost", at: "UnitCost"),
                    .money("unit_price", at: "UnitPrice"),
                    .money("amount", at: "Amount"),
                    .money("amount_tax", at: "AmountTax"),
                    .money("amount_including_tax", at: "AmountIncludingTax"),
                ])
        ],
        after: ["supplier", "job"]
    )
}
