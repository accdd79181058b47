import Inflow

extension EntityDefinition {
    /// Quotes and estimates, with their task, cost and option lines.
    ///
    /// Lines have no identifier. A quote's number may hold a slash (revision `Q000512/1`), so Inflow asks for it by its
    /// key; the older generation sends no `UUID`, and the number is the key then. The body names no job:
    /// `job.approved_quote_uuid` does.
    /// Source: API V1, `quote.api/list`, `current`, `draft`, `get`; reference §5.4.
    static let quote = EntityDefinition(
        "quote", .transactional,
        summary: "Quotes and estimates, with task, cost and option lines.",
        endpoint: Endpoint("quote.api/list", items: "Response/Quotes/Quote", "Response/Quote", detailed: true),
        get: Endpoint("quote.api/get/{key}", items: "Response/Quote", "Response/Quotes/Quote"),
        window: .span(WindowRule.Span(from: "from", to: "to", on: "issued_on")),
        sweeps: [
            Endpoint("quote.api/current", items: "Response/Quotes/Quote", "Response/Quote", detailed: true),
            Endpoint("quote.api/draft", items: "Response/Quotes/Quote", "Response/Quote", detailed: true),
        ],
        state: "state",
        table: "wfm.quote",
        key: ["uuid"],
        columns: [
            .identifier(
                "uuid", at: "UUID", or: "InternalUUID", "ID", presence: .required,
                "The number where the platform sends no identifier."),
            .code("number", at: "ID"),
            .text("type", at: "Type"),
            .text("state", at: "State"),
            .text("name", at: "Name"),
            .text("description", at: "Description"),
            .money("budget", at: "Budget"),
            .text("option_explanation", at: "OptionExplanation"),
            .date("issued_on", at: "Date", presence: .required, "What `from` and `to` filter by."),
            .date("valid_on", at: "ValidDate"),
            .identifier("lead_uuid", at: "LeadUUID", or: "LeadID"),
            .identifier("job_uuid", at: "JobUUID", "Not documented; seen by one live client."),
            .money("estimated_cost", at: "EstimatedCost"),
            .money("estimated_cost_tax", at: "EstimatedCostTax"),
            .money("estimated_cost_including_tax", at: "EstimatedCostIncludingTax"),
            .money("amount", at: "Amount"),
            .money("amount_tax", at: "AmountTax"),
            .money("amount_including_tax", at: "AmountIncludingTax"),
            .identifier("client_uuid", at: "Client/UUID"),
            .text("client_name", at: "Client/Name"),
            .identifier("contact_uuid", at: "Contact/UUID"),
            .text("contact_name", at: "Contact/Name"),
        ],
        children: [
            Child(
                at: "Tasks/Task", table: "wfm.quote_task", key: ["quote_uuid", "position"],
                summary: "A task line of a quote.",
                columns: [
                    .parent("quote_uuid", "uuid"),
                    .position(),
                    .text("name", at: "Name"),
                    .text("description", at: "Description"),
                    .minutes("estimated_minutes", at: "EstimatedMinutes"),
                    .money("billable_rate", at: "BillableRate"),
                    .boolean("billable", at: "Billable"),
                    .money("amount", at: "Amount"),
                    .money("amount_tax", at: "AmountTax"),
                    .money("amount_including_tax", at: "AmountIncludingTax"),
                ]),
            Child(
                at: "Costs/Cost", table: "wfm.quote_cost", key: ["quote_uuid", "position"],
                summary: "A cost line of a quote.",
                columns: [
                    .parent("quote_uuid", "uuid"),
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
                ]),
            Child(
                at: "Options/Option", table: "wfm.quote_option", key: ["quote_uuid", "position"],
                summary: "An option of a quote.",
                columns: [
                    .parent("quote_uuid", "uuid"),
                    .position(),
                    .text("description", at: "Description"),
                    .text("note", at: "Note"),
                    .text("code", at: "Code"),
                    .decimal("quantity", at: "Quantity"),
                    .money("unit_cost", at: "UnitCost"),
                    .money("unit_price", at: "UnitPrice"),
                    .money("amount", at: "Amount"),
                    .money("amount_tax", at: "AmountTax"),
                    .money("amount_including_tax", at: "AmountIncludingTax"),
                ]),
        ],
        after: ["client", "lead", "job"]
    )
}
