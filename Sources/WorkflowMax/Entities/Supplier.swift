import Inflow

extension EntityDefinition {
    /// Suppliers, with their contact persons and notes.
    ///
    /// No archived flag comes with them: an archived supplier may silently leave the list. `get` answers with
    /// `Supplier` under the root in the pages and under `Suppliers` in the V1 document; both are read.
    /// Source: API V1, `supplier.api/list`, `get`; reference §6.7.
    static let supplier = EntityDefinition(
        "supplier", .reference,
        summary: "Suppliers, with contacts and notes.",
        endpoint: Endpoint(
            "supplier.api/list", items: "Response/Suppliers/Supplier", "Response/Supplier", detailed: true),
        get: Endpoint("supplier.api/get/{key}", items: "Response/Supplier", "Response/Suppliers/Supplier"),
        window: .whole,
        table: "wfm.supplier",
        key: ["uuid"],
        columns: [
            .identifier("uuid", at: "UUID", presence: .required),
            .text("name", at: "Name"),
            .text("address", at: "Address"),
            .text("city", at: "City"),
            .text("region", at: "Region"),
            .text("post_code", at: "PostCode"),
            .text("country", at: "Country"),
            .text("postal_address", at: "PostalAddress"),
            .text("postal_city", at: "PostalCity"),
            .text("postal_region", at: "PostalRegion"),
            .text("postal_post_code", at: "PostalPostCode"),
            .text("postal_country", at: "PostalCountry"),
            .text("phone", at: "Phone"),
            .text("fax", at: "Fax"),
            .text("website", at: "Website"),
        ],
        children: [
            Child(
                at: "Contacts/Contact", table: "wfm.supplier_contact", key: ["supplier_uuid", "uuid"],
                summary: "A contact person at a supplier.",
                columns: [
                    .parent("supplier_uuid", "uuid"),
                    .identifierOrPosition("uuid", at: "UUID"),
                    .position(),
                    .text("name", at: "Name"),
                    .text("mobile", at: "Mobile"),
                    .text("email", at: "Email"),
                    .text("phone", at: "Phone"),
                    .text(
                        "contact_position", at: "Position",
                        "Element `Position`: the job held; `position` is the place in the list."),
                ]),
            Child(
                at: "Notes/Note", table: "wfm.supplier_note", key: ["supplier_uuid", "position"],
                summary: "A note on a supplier.",
                columns: [
                    .parent("supplier_uuid", "uuid"),
                    .position(),
                    .text("title", at: "Title"),
                    .text("text", at: "Text"),
                    .text("folder", at: "Folder"),
                    .moment("written_at", at: "Date"),
                    .text("created_by", at: "CreatedBy"),
                ]),
        ]
    )
}
