import Inflow

extension EntityDefinition {
    /// Invoices and credit notes, with their task and cost lines.
    ///
    /// `from`/`to` filter by the invoice's own date, both inclusive. A payment made later changes an invoice outside
    /// any recent window: it then leaves the open list, and what left the open list is read by key. Lines stand in the
    /// jobs of an invoice, or, where it is for no job (`Miscellaneous`), directly in it; the V1 document's `Jobs/Jobs`
    /// is read too. A credit note is an invoice with negative amounts and nothing else to mark it but its number's
    /// prefix. `current` does not give lines.
    /// Source: API V1, `invoice.api/list`, `current`, `draft`, `get`; reference §2.5, §5.3.
    static let invoice = EntityDefinition(
        "invoice", .transactional,
        summary: "Invoices and credit notes, with task and cost lines.",
        endpoint: Endpoint("invoice.api/list", items: "Response/Invoices/Invoice", "Response/Invoice", detailed: true),
        get: Endpoint("invoice.api/get/{key}", by: "number", items: "Response/Invoice", "Response/Invoices/Invoice"),
        window: .span(WindowRule.Span(from: "from", to: "to", on: "issued_on")),
        sweeps: [
            Endpoint("invoice.api/current", items: "Response/Invoices/Invoice", "Response/Invoice", carries: .header),
            Endpoint("invoice.api/draft", items: "Response/Invoices/Invoice", "Response/Invoice", detailed: true),
        ],
        state: "status",
        table: "wfm.invoice",
        key: ["uuid"],
        columns: [
            .identifier("uuid", at: "UUID", or: "InternalUUID", presence: .required),
            .code("number", at: "ID", "Printed number; credit notes begin with CN-. What `get` asks for."),
            .text("type", at: "Type"),
            .text("status", at: "Status"),
            .text("job_text", at: "JobText"),
            .text("description", at: "Description"),
            .date("issued_on", at: "Date", presence: .required, "What `from` and `to` filter by."),
            .date("due_on", at: "DueDate"),
            .money("amount", at: "Amount"),
            .money("amount_tax", at: "AmountTax"),
            .money("amount_including_tax", at: "AmountIncludingTax"),
            .money("amount_paid", at: "AmountPaid"),
            .money("amount_outstanding", at: "AmountOutstanding"),
            .identifier("client_uuid", at: "Client/UUID"),
            .text("client_name", at: "Client/Name"),
            .identifier("contact_uuid", at: "Contact/UUID"),
            .text("contact_name", at: "Contact/Name"),
        ],
        children: [
            Child(
                at: "Jobs/Job/Tasks/Task", or: "Tasks/Task", "Jobs/Jobs/Tasks/Task",
                table: "wfm.invoice_task", key: ["invoice_uuid", "uuid"],
                summary: "A task line of an invoice.",
                columns: [
                    .parent("invoice_uuid", "uuid"),
                    .identifierOrPosition("uuid", at: "UUID"),
                    .position(),
                    .outer(
                        "job_number", at: "ID", of: "Job", or: "Jobs", as: .code,
                        "Null on an invoice that is for no job."),
                    .outer("job_name", at: "Name", of: "Job", or: "Jobs"),
                    .outer("job_description", at: "Description", of: "Job", or: "Jobs"),
                    .outer("job_client_order_number", at: "ClientOrderNumber", of: "Job", or: "Jobs"),
                    .text("name", at: "Name"),
                    .text("description", at: "Description"),
                    .minutes("minutes", at: "Minutes"),
                    .money("billable_rate", at: "BillableRate"),
                    .boolean("billable", at: "Billable"),
                    .money("amount", at: "Amount"),
                    .money("amount_tax", at: "AmountTax"),
                    .money("amount_including_tax", at: "AmountIncludingTax"),
                ]),
            Child(
                at: "Jobs/Job/Costs/Cost", or: "Costs/Cost", "Jobs/Jobs/Costs/Cost",
                table: "wfm.invoice_cost", key: ["invoice_uuid", "position"],
                summary: "A cost line of an invoice.",
                columns: [
                    .parent("invoice_uuid", "uuid"),
                    .position(),
                    .outer(
                        "job_number", at: "ID", of: "Job", or: "Jobs", as: .code,
                        "Null on an invoice that is for no job."),
                    .outer("job_name", at: "Name", of: "Job", or: "Jobs"),
                    .outer("job_description", at: "Description", of: "Job", or: "Jobs"),
                    .outer("job_client_order_number", at: "ClientOrderNumber", of: "Job", or: "Jobs"),
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
                ]),
        ],
        after: ["client", "job"]
    )
}
