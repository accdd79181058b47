import Inflow

extension EntityDefinition {
    /// Staff members.
    ///
    /// The platform gives no role, rate or active flag. Former staff may be missing from the list while old time
    /// entries still name them: join left. There is no `get` here, since the vendor's pages disagree on its path.
    /// Source: API V1, `staff.api/list`; reference §6.8.
    static let staff = EntityDefinition(
        "staff", .reference,
        summary: "Staff members.",
        endpoint: Endpoint("staff.api/list", items: "Response/StaffList/Staff", "Response/Staff"),
        window: .whole,
        table: "wfm.staff",
        key: ["uuid"],
        columns: [
            .identifier("uuid", at: "UUID", presence: .required),
            .text("name", at: "Name"),
            .text("email", at: "Email"),
            .text("phone", at: "Phone"),
            .text("mobile", at: "Mobile"),
            .text("address", at: "Address"),
            .text("payroll_code", at: "PayrollCode"),
            .text("web_url", at: "WebUrl"),
        ]
    )
}
