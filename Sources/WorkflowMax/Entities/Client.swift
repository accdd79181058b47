import Inflow

extension EntityDefinition {
    /// Clients, with their contact persons and notes.
    ///
    /// The list is read whole, or for what changed since an instant (`modifiedsince`, UTC). Its pages hold 100 unless more
    /// is asked for; a limit is not documented, and one that the platform has shows in the answer. A deleted client may go on
    /// being listed with `IsDeleted` = `Yes`, an archived one with `IsArchived` = `Yes`: both are columns like any
    /// other, and no row is dropped for them. One contact may belong to several clients, with its own position and
    /// flags at each.
    /// Source: API V1, `client.api/list`, `get`; reference §6.6.
    static let client = EntityDefinition(
        "client", .reference,
        summary: "People and companies the organisation works for, with contacts and notes.",
        endpoint: Endpoint(
            "client.api/list", items: "Response/Clients/Client", "Response/Client", paging: .counted(size: 1000),
            detailed: true),
        get: Endpoint("client.api/get/{key}", items: "Response/Client", "Response/Clients/Client"),
        window: .whole,
        modified: ModifiedRule("modifiedsince"),
        table: "wfm.client",
        key: ["uuid"],
        columns: [
            .identifier("uuid", at: "UUID", presence: .required),
            .text("name", at: "Name"),
            .text("title", at: "Title"),
            .text("gender", at: "Gender"),
            .text("first_name", at: "FirstName"),
            .text("last_name", at: "LastName"),
            .text("other_name", at: "OtherName"),
            .text("email", at: "Email"),
            .date("born_on", at: "DateOfBirth"),
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
            .text("referral_source", at: "ReferralSource"),
            .text("export_code", at: "ExportCode"),
            .boolean("is_prospect", at: "IsProspect"),
            .boolean("is_archived", at: "IsArchived"),
            .boolean("is_deleted", at: "IsDeleted", "Still listed by the platform; `deleted_at` is for what is not."),
            .identifier("account_manager_uuid", at: "AccountManager/UUID"),
            .text("account_manager_name", at: "AccountManager/Name"),
            .identifier("job_manager_uuid", at: "JobManager/UUID"),
            .text("job_manager_name", at: "JobManager/Name"),
            .identifier("billing_client_uuid", at: "BillingClient/UUID"),
            .text("billing_client_name", at: "BillingClient/Name"),
            .text("type_name", at: "Type/Name"),
            .decimal("type_cost_markup", at: "Type/CostMarkup"),
            .text("type_payment_term", at: "Type/PaymentTerm"),
            .integer("type_payment_day", at: "Type/PaymentDay"),
            .text("web_url", at: "WebUrl"),
        ],
        children: [
            Child(
                at: "Contacts/Contact", table: "wfm.client_contact", key: ["client_uuid", "uuid"],
                summary: "A contact person at a client.",
                columns: [
                    .parent("client_uuid", "uuid"),
                    .identifierOrPosition("uuid", at: "UUID"),
                    .position(),
                    .text("name", at: "Name"),
                    .text("salutation", at: "Salutation"),
                    .text("addressee", at: "Addressee"),
                    .text("mobile", at: "Mobile"),
                    .text("email", at: "Email"),
                    .text("phone", at: "Phone"),
                    .text(
                        "contact_position", at: "Position",
                        "Element `Position`: the job held; `position` is the place in the list."),
                    .boolean("is_primary", at: "IsPrimary"),
                    .boolean("is_deleted", at: "IsDeleted"),
                ]),
            Child(
                at: "Notes/Note", table: "wfm.client_note", key: ["client_uuid", "position"],
                summary: "A note on a client.",
                columns: [
                    .parent("client_uuid", "uuid"),
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
