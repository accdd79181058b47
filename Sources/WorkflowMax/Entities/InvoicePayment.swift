import Inflow

extension EntityDefinition {
    /// Payments of invoices: one call for each invoice, by its number.
    ///
    /// A payment has no identifier.
    /// Source: API V1, `invoice.api/payments`; reference §5.3.
    static let invoicePayment = EntityDefinition(
        "invoice_payment", .transactional,
        summary: "Payments of invoices.",
        endpoint: Endpoint("invoice.api/payments/{key}", items: "Response/Payments/Payment", "Payments/Payment"),
        window: .perParent(WindowRule.PerParent(parent: "invoice", key: "number", newest: ["issued_on"])),
        table: "wfm.invoice_payment",
        key: ["invoice_number", "position"],
        columns: [
            .parent("invoice_number", "number"),
            .position(),
            .date("paid_on", at: "Date"),
            .money("amount", at: "Amount"),
            .text("reference", at: "Reference"),
        ],
        after: ["invoice"]
    )
}
