import Inflow

extension EntityDefinition {
    /// The catalogue of tasks.
    ///
    /// A task on a job is a row of `job_task`, which names its catalogue task in `task_uuid`.
    /// Source: API V1, `task.api/list`, `get`; reference §6.3.
    static let task = EntityDefinition(
        "task", .reference,
        summary: "The catalogue of tasks that jobs are planned with.",
        endpoint: Endpoint("task.api/list", items: "Response/TaskList/Task", "Response/Task"),
        get: Endpoint("task.api/get/{key}", items: "Response/Task", "Response/TaskList/Task"),
        window: .whole,
        table: "wfm.task",
        key: ["uuid"],
        columns: [
            .identifier("uuid", at: "UUID", presence: .required),
            .text("name", at: "Name"),
            .text("description", at: "Description"),
        ]
    )
}
