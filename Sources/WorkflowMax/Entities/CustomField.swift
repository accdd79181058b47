import Inflow

extension EntityDefinition {
    /// Definitions of the organisation's own fields, not their values.
    ///
    /// The `use_` flags tell which kinds of record can have the field; values cost one call for each record.
    /// Source: API V1, `customfield.api/definition`; reference §6.9.
    static let customField = EntityDefinition(
        "custom_field", .reference,
        summary: "Definitions of the organisation's own fields.",
        endpoint: Endpoint(
            "customfield.api/definition",
            items: "Response/CustomFieldDefinitions/CustomFieldDefinition"),
        window: .whole,
        table: "wfm.custom_field",
        key: ["uuid"],
        columns: [
            .identifier("uuid", at: "UUID", presence: .required),
            .text("name", at: "Name"),
            .text("type", at: "Type"),
            .text("link_url", at: "LinkUrl"),
            .text("options", at: "Options", "Kept as one text: the separator is not documented."),
            .boolean("use_client", at: "UseClient"),
            .boolean("use_contact", at: "UseContact"),
            .boolean("use_supplier", at: "UseSupplier"),
            .boolean("use_job", at: "UseJob"),
            .boolean("use_lead", at: "UseLead"),
            .boolean("use_job_task", at: "UseJobTask"),
            .boolean("use_job_cost", at: "UseJobCost"),
            .boolean("use_job_time", at: "UseJobTime"),
            .boolean("use_quote", at: "UseQuote"),
            .boolean("mandatory", at: "Mandatory"),
            .text("value_element", at: "ValueElement"),
        ]
    )
}
