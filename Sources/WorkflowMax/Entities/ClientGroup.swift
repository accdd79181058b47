import Inflow

extension EntityDefinition {
    /// Groups of clients, with their members.
    ///
    /// No list carries the members, and the client's own body does not name its groups: Inflow reads each group by
    /// `get`, which costs one call per group. A Sync All does that every `whole-days`, and in between only for groups that
    /// the list shows to be new or changed. Whether the list pages is not known; Inflow reads it whole.
    /// Source: API V1, `clientgroup.api/list`, `get`; reference §6.6.
    static let clientGroup = EntityDefinition(
        "client_group", .reference,
        summary: "Named groups of clients, with their members.",
        endpoint: Endpoint("clientgroup.api/list", items: "Response/Groups/Group", "Response/Group", carries: .header),
        get: Endpoint("clientgroup.api/get/{key}", items: "Response/Group", "Response/Groups/Group"),
        readEach: true,
        window: .whole,
        sweeps: [
            Endpoint("clientgroup.api/list", items: "Response/Groups/Group", "Response/Group", carries: .header)
        ],
        table: "wfm.client_group",
        key: ["uuid"],
        columns: [
            .identifier("uuid", at: "UUID", presence: .required),
            .text("name", at: "Name"),
            .boolean("taxable", at: "Taxable"),
        ],
        children: [
            Child(
                at: "Clients/Client", table: "wfm.client_group_member", key: ["client_group_uuid", "client_uuid"],
                summary: "A client in a group.",
                columns: [
                    .parent("client_group_uuid", "uuid"),
                    .identifier("client_uuid", at: "UUID", presence: .required),
                    .position(),
                    .text("client_name", at: "Name"),
                ])
        ],
        after: ["client"]
    )
}
