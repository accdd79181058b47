import Inflow

extension EntityDefinition {
    /// Time entries: who worked how many minutes on which task of which job on which day.
    ///
    /// `from`/`to` filter by the day worked, both inclusive. The job is named by number only, the task by its
    /// identifier on the job. No client, rate, amount or modified date comes with an entry. There is neither a detailed
    /// list nor paging: a year may come in one answer. `Start` and `End` are `HH:mm`, or minutes of the day.
    /// Source: API V1, `time.api/list`, `get`; reference §2.5, §5.2.
    static let timesheet = EntityDefinition(
        "timesheet", .transactional,
        summary: "Time entries.",
        endpoint: Endpoint("time.api/list", items: "Response/Times/Time", "Response/Time"),
        get: Endpoint("time.api/get/{key}", items: "Response/Time", "Response/Times/Time"),
        window: .span(WindowRule.Span(from: "from", to: "to", on: "worked_on")),
        table: "wfm.timesheet",
        key: ["uuid"],
        columns: [
            .identifier("uuid", at: "UUID", or: "InternalUUID", presence: .required),
            .code("job_number", at: "Job/ID"),
            .text("job_name", at: "Job/Name"),
            .identifier("task_uuid", at: "Task/UUID", "The task on the job, never the catalogue task."),
            .text("task_name", at: "Task/Name"),
            .identifier("staff_uuid", at: "Staff/UUID"),
            .text("staff_name", at: "Staff/Name"),
            .date("worked_on", at: "Date", presence: .required, "What `from` and `to` filter by."),
            .minutes("minutes", at: "Minutes", presence: .required),
            .text("note", at: "Note"),
            .boolean("billable", at: "Billable"),
            .clock("start_time", at: "Start"),
            .clock("end_time", at: "End"),
            .identifier("invoice_task_uuid", at: "InvoiceTaskUUID"),
        ],
        after: ["staff", "job"]
    )
}
