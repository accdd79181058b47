import Inflow
import Testing

@testable import WorkflowMax

/// Definitions that cost one call for each parent can be said with the same words, although none is loaded.
@Suite struct PerParentDefinitionTests {
    /// Costs booked on a job; the answer may lack its envelope.
    ///
    /// Source: API V1, `job.api/costs`; reference §5.1.
    static let jobCost = EntityDefinition(
        "job_cost", .transactional,
        summary: "Costs booked on jobs.",
        endpoint: Endpoint("job.api/costs/{key}", items: "Costs/Cost", "Response/Costs/Cost"),
        window: .perParent(WindowRule.PerParent(parent: "job", key: "number")),
        table: "wfm.job_cost",
        key: ["job_number", "uuid"],
        columns: [
            .parent("job_number", "number"),
            .identifierOrPosition("uuid", at: "UUID"),
            .position(),
            .date("issued_on", at: "Date"),
            .text("description", at: "Description"),
            .decimal("quantity", at: "Quantity"),
            .money("unit_cost", at: "UnitCost"),
            .money("unit_price", at: "UnitPrice"),
            .boolean("billable", at: "Billable"),
            .text("supplier_uuid", at: "Supplier/UUID"),
        ],
        after: ["job"]
    )

    /// Payments of an invoice, which have no identifier.
    ///
    /// Source: API V1, `invoice.api/payments`; reference §5.3.
    static let payment = EntityDefinition(
        "payment", .transactional,
        summary: "Payments of invoices.",
        endpoint: Endpoint("invoice.api/payments/{key}", items: "Response/Payments/Payment"),
        window: .perParent(WindowRule.PerParent(parent: "invoice", key: "number")),
        table: "wfm.payment",
        key: ["invoice_number", "position"],
        columns: [
            .parent("invoice_number", "number"),
            .position(),
            .date("paid_on", at: "Date", presence: .required),
            .money("amount", at: "Amount"),
            .text("reference", at: "Reference"),
        ],
        after: ["invoice"]
    )

    /// Values of the organisation's own fields on jobs; a field without a value is not sent.
    ///
    /// Source: reference §6.9.
    static let jobCustomValue = EntityDefinition(
        "job_custom_value", .reference,
        summary: "Values of custom fields on jobs.",
        endpoint: Endpoint("job.api/get/{key}/customfield", items: "Response/CustomFields/CustomField"),
        window: .perParent(WindowRule.PerParent(parent: "job", key: "number", flag: "UseJob")),
        table: "wfm.job_custom_value",
        key: ["job_number", "custom_field_uuid"],
        columns: [
            .parent("job_number", "number"),
            .text("custom_field_uuid", at: "UUID", presence: .required),
            .text("name", at: "Name"),
            .date("date", at: "Date"),
            .text("number", at: "Number"),
            .decimal("decimal", at: "Decimal"),
            .boolean("boolean", at: "Boolean"),
            .text("text", at: "Text"),
        ],
        after: ["job", "custom_field"]
    )

    @Test("a per-parent definition asks by a column its parent has", arguments: [jobCost, payment, jobCustomValue])
    func parentColumn(of entity: EntityDefinition) throws {
        guard case .perParent(let rule) = entity.window else {
            Issue.record("\(entity.name) is not asked for by parent")
            return
        }
        let parent = try #require(allEntities.first { $0.name == rule.parent })
        #expect(parent.columns.contains { $0.name == rule.key })
        #expect(entity.endpoint.path.contains("{key}"))
        #expect(entity.columns.contains { $0.kind == .parent && $0.paths == [rule.key] && $0.name == entity.key.first })
        #expect(entity.after.contains(rule.parent))
    }
}
