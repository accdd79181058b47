/// Columns that name a record of an entity, wherever they stand: `client_uuid` names a client.
public enum RecordReferences {
    private static let entities: [String: String] = [
        "client_uuid": "client", "billing_client_uuid": "client", "client_group_uuid": "client_group",
        "job_uuid": "job", "job_number": "job", "staff_uuid": "staff", "manager_uuid": "staff",
        "partner_uuid": "staff", "account_manager_uuid": "staff", "job_manager_uuid": "staff", "owner_uuid": "staff",
        "responsible_uuid": "staff", "supplier_uuid": "supplier", "invoice_uuid": "invoice",
        "invoice_number": "invoice", "quote_uuid": "quote", "approved_quote_uuid": "quote",
        "approved_quote_number": "quote", "lead_uuid": "lead", "purchase_order_number": "purchase_order",
        "custom_field_uuid": "custom_field",
    ]

    /// The entity that a column names by key or number; `nil` where it names none.
    public static func entity(of column: String) -> String? { entities[column] }

    /// Whether a column names by number, which people set, and not by key.
    public static func isByNumber(_ column: String) -> Bool { column.hasSuffix("_number") }
}
