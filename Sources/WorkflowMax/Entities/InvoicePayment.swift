import Inflow

extension EntityDefinition {
    /// Payments of invoices: one call for each invoice, by its number.
    ///
    /// A payment has no identifier. The invoice says how much of it is paid: where the payments held add up to that,
    /// no call is needed, and so none where nothing is paid.
    /// Source: API V1, `invoice.api/payments`; reference §5.3.
    static let invoicePayment = EntityDefinition(
        "invoice_payment", .transactional,
        summary: "Payments of invoices.",
        endpoint: Endpoint("invoice.api/payments/{key}", items: "Response/Payments/Payment", "Payments/Payment"),
        window: .perParent(
            WindowRule.PerParent(
                parent: "invoice", key: "number", newest: ["issued_on"], kind: .payments,
                total: WindowRule.Total("amount_paid", of: "amount"))),
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
