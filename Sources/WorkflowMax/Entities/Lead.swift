import Inflow

extension EntityDefinition {
    /// Leads, with their activities and history.
    ///
    /// A list kept by the organisation, but one the platform gives only by a span of dates: a Sync All asks for all of
    /// it, a year at a time, once in `whole-days`. In between it reads the open leads, whatever their date, those that
    /// have left that list, and the last months. According to the platform's documentation, `from`/`to` filter by the lead's own
    /// date. Neither activities nor history have an identifier.
    /// Source: API V1, `lead.api/list`, `current`, `get`; reference §6.5.
    static let lead = EntityDefinition(
        "lead", .reference,
        summary: "Sales leads, with activities and history.",
        endpoint: Endpoint("lead.api/list", items: "Response/Leads/Lead", "Response/Lead", detailed: true),
        get: Endpoint("lead.api/get/{key}", items: "Response/Lead", "Response/Leads/Lead"),
        window: .span(WindowRule.Span(from: "from", to: "to", on: "issued_on", chunk: .year, reach: .always)),
        sweeps: [
            Endpoint("lead.api/current", items: "Response/Leads/Lead", "Response/Lead", detailed: true)
        ],
        state: "state",
        table: "wfm.lead",
        key: ["uuid"],
        columns: [
            .identifier("uuid", at: "UUID", presence: .required),
            .text("name", at: "Name"),
            .text("description", at: "Description"),
            .text("state", at: "State"),
            .money("estimated_value", at: "EstimatedValue"),
            .date("issued_on", at: "Date", "What `from` and `to` filter by."),
            .date("won_lost_on", at: "DateWonLost"),
            .text("category", at: "Category"),
            .identifier("client_uuid", at: "Client/UUID"),
            .text("client_name", at: "Client/Name"),
            .identifier("contact_uuid", at: "Contact/UUID"),
            .text("contact_name", at: "Contact/Name"),
            .identifier("owner_uuid", at: "Owner/UUID"),
            .text("owner_name", at: "Owner/Name"),
            .text("dropbox", at: "Dropbox"),
        ],
        children: [
            Child(
                at: "Activities/Activity", table: "wfm.lead_activity", key: ["lead_uuid", "position"],
                summary: "A planned or completed activity of a lead.",
                columns: [
                    .parent("lead_uuid", "uuid"),
                    .position(),
                    .date("activity_on", at: "Date"),
                    .text("subject", at: "Subject"),
                    .boolean("completed", at: "Completed"),
                    .identifier("responsible_uuid", at: "Responsible/UUID"),
                    .text("responsible_name", at: "Responsible/Name"),
                ]),
            Child(
                at: "History/Item", table: "wfm.lead_history", key: ["lead_uuid", "position"],
                summary: "An entry of a lead's history.",
                columns: [
                    .parent("lead_uuid", "uuid"),
                    .position(),
                    .text("detail", at: "Detail"),
                    .moment("written_at", at: "Date"),
                    .text("staff", at: "Staff"),
                    .text("type", at: "Type"),
                ]),
        ],
        after: ["client", "staff"]
    )
}
