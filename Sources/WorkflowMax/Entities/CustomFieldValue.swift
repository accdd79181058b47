import Inflow

extension EntityDefinition {
    /// Values of the organisation's own fields, an entity and a table for each kind of record that can have them.
    ///
    /// Only fields with a value are sent, so one that is absent after it was there was cleared; a checkbox that is not
    /// there is false. Inflow asks for jobs by number, for everything else by identifier. Exactly one of the value columns is
    /// filled.
    /// Source: API V1, `…/customfield`; reference §4, §6.9.
    static let customFieldValues: [EntityDefinition] = [
        values(
            .job, "job", "job.api/get/{key}/customfield", by: "number", "UseJob", newest: ["modified_at", "created_at"]),
        values(.client, "client", "client.api/get/{key}/customfield", "UseClient"),
        values(
            .contact, "client_contact", "client.api/contact/{key}/customfield", as: "contact", of: "client",
            "UseContact"),
        values(.supplier, "supplier", "supplier.api/get/{key}/customfield", "UseSupplier"),
        values(
            .supplierContact, "supplier_contact", "supplier.api/contact/{key}/customfield", of: "supplier", "UseContact"
        ),
        values(.lead, "lead", "lead.api/get/{key}/customfield", "UseLead", newest: ["issued_on"]),
        // Not documented: the path that the other kinds have, for who asks for it by the setting `values`.
        values(.quote, "quote", "quote.api/get/{key}/customfield", "UseQuote", newest: ["issued_on"]),
        values(
            .jobTask, "job_task", "job.api/task/{key}/customfield", of: "job", "UseJobTask",
            newest: ["modified_at", "created_at"]),
        values(.jobCostField, "job_cost", "job.api/cost/{key}/customfield", "UseJobCost", newest: ["incurred_on"]),
        values(.timesheet, "timesheet", "time.api/get/{key}/customfield", "UseJobTime", newest: ["worked_on"]),
    ]

    /// Values on one kind of record: `parent` is its table, `of` the entity whose lines it holds, where it holds lines.
    private static func values(
        _ word: ValueKind, _ parent: String, _ path: String, as kind: String? = nil, of owner: String? = nil,
        by key: String = "uuid",
        _ flag: String, newest: [String] = []
    ) -> EntityDefinition {
        let name = "\(kind ?? parent)_custom_field"
        let column = "\(kind ?? parent)_\(key)"
        return EntityDefinition(
            name,
            owner ?? parent == "client" || owner ?? parent == "supplier" || parent == "lead"
                ? .reference : .transactional,
            summary: "Values of the organisation's own fields on \((kind ?? parent).replacing("_", with: " "))s.",
            endpoint: Endpoint(path, items: "Response/CustomFields/CustomField", "CustomFields/CustomField"),
            window: .perParent(WindowRule.PerParent(parent: parent, key: key, flag: flag, newest: newest, kind: word)),
            table: "wfm.\(name)",
            key: [column, "custom_field_uuid"],
            columns: [
                .parent(column, key),
                .identifier("custom_field_uuid", at: "UUID", presence: .required),
                .text("name", at: "Name"),
                .date("date_value", at: "Date"),
                .decimal("number_value", at: "Number"),
                .decimal("decimal_value", at: "Decimal"),
                .boolean("boolean_value", at: "Boolean"),
                .text("text_value", at: "Text"),
            ],
            after: [owner ?? parent, "custom_field"]
        )
    }
}
