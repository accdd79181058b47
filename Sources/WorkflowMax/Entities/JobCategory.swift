import Inflow

extension EntityDefinition {
    /// Categories of jobs.
    ///
    /// A job names its category by name (`job.type`), never by identifier; names can change or repeat.
    /// Source: API V1, `category.api/list`; reference §6.1.
    static let jobCategory = EntityDefinition(
        "job_category", .reference,
        summary: "Categories of jobs.",
        endpoint: Endpoint("category.api/list", items: "Response/Categories/Category"),
        window: .whole,
        table: "wfm.job_category",
        key: ["uuid"],
        columns: [
            .identifier("uuid", at: "UUID", presence: .required),
            .text("name", at: "Name"),
        ]
    )
}
