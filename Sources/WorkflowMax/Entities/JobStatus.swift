import Inflow

extension EntityDefinition {
    /// States of jobs.
    ///
    /// The XML generation has no list of them: they are the distinct values of `job.state`, and have no identifier
    /// then. Where a connection is configured for it, the list of the JSON generation is read instead, which brings
    /// one. The key is the name, since that is what jobs hold. No call of its own is made while the states are derived.
    /// Source: API V2, `v2/job-status`; reference §6.2.
    static let jobStatus = EntityDefinition(
        "job_status", .reference,
        summary: "States that jobs are in.",
        endpoint: Endpoint("v2/job-status", items: "data", format: .json),
        alternative: Endpoint("v2/job-status", items: "data", format: .json),
        window: .derived(from: "job", column: "state"),
        table: "wfm.job_status",
        key: ["name"],
        columns: [
            .text("name", at: "name", presence: .required),
            .identifier("uuid", at: "uuid", "Null where the states are derived."),
        ],
        after: ["job"]
    )
}
