import Inflow

extension EntityDefinition {
    /// Costs booked on jobs: one call for each job, by its number.
    ///
    /// The document shows `Costs` as the root, without `Response` and `Status`; a recorded answer carried another
    /// `api-method` and an empty `Documents`: that is its way to say that there are none.
    /// Most jobs have none: those come first that a cost line of an invoice, a purchase order or an approved quote names.
    /// Source: API V1, `job.api/costs`; reference §5.1.
    static let jobCost = EntityDefinition(
        "job_cost", .transactional,
        summary: "Costs booked on jobs.",
        endpoint: Endpoint(
            "job.api/costs/{key}", items: "Response/Costs/Cost", "Costs/Cost", "Response/Documents/Cost"),
        window: .perParent(
            WindowRule.PerParent(
                parent: "job", key: "number", newest: ["modified_at", "created_at"], kind: .jobCost,
                signs: [
                    WindowRule.Sign("wfm.invoice_cost", "job_number"),
                    WindowRule.Sign("wfm.purchase_order", "job_number"),
                    WindowRule.Sign("wfm.quote_cost", "quote_uuid", names: "approved_quote_uuid"),
                    WindowRule.Sign("wfm.job_cost", "job_number"),
                ])),
        table: "wfm.job_cost",
        key: ["job_number", "uuid"],
        columns: [
            .parent("job_number", "number"),
            .identifierOrPosition("uuid", at: "UUID"),
            .date("incurred_on", at: "Date"),
            .text("description", at: "Description"),
            .text("code", at: "Code"),
            .text("note", at: "Note"),
            .decimal("quantity", at: "Quantity"),
            .money("unit_cost", at: "UnitCost"),
            .money("unit_price", at: "UnitPrice"),
            .boolean("billable", at: "Billable"),
            .identifier("supplier_uuid", at: "Supplier/UUID"),
            .text("supplier_name", at: "Supplier/Name"),
        ],
        after: ["job", "supplier"]
    )
}
