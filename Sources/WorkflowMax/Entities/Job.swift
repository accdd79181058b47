import Inflow

extension EntityDefinition {
    /// Jobs, with their tasks, who is assigned to them, milestones and notes with comments.
    ///
    /// According to the platform's documentation, `from`/`to` filter by creation, so a job finished today lies outside
    /// a recent window. Inflow therefore also reads the jobs modified since (`modifiedsinceutc`, beside a wide span)
    /// and the open ones. The platform finds a job by its number. Its costs are not in its body. `Type` is the category's name, `State` free text of the
    /// organisation. The two dates in UTC are absent in the older generation.
    /// Source: API V1, `job.api/list`, `current`, `get`; reference §2.5, §5.1.
    static let job = EntityDefinition(
        "job", .transactional,
        summary: "Jobs, with tasks, assignments, milestones and notes.",
        endpoint: Endpoint(
            "job.api/list", items: "Response/Jobs/Job", "Response/Job", paging: .counted(size: 1000), detailed: true),
        get: Endpoint("job.api/get/{key}", by: "number", items: "Response/Job", "Response/Jobs/Job"),
        window: .span(WindowRule.Span(from: "from", to: "to", on: "created_at")),
        modified: ModifiedRule("modifiedsinceutc", needsSpan: true),
        sweeps: [
            Endpoint(
                "job.api/current", items: "Response/Jobs/Job", "Response/Job", paging: .counted(size: 1000),
                detailed: true)
        ],
        state: "state",
        mentionedIn: [
            Mention("wfm.timesheet", "job_number"), Mention("wfm.purchase_order", "job_number"),
            Mention("wfm.invoice_task", "job_number", isRecord: false),
            Mention("wfm.invoice_cost", "job_number", isRecord: false),
        ],
        table: "wfm.job",
        key: ["uuid"],
        columns: [
            .identifier("uuid", at: "UUID", or: "InternalUUID", "InternalID", presence: .required),
            .code("number", at: "ID", "What `get` asks for, and what time, lines and orders name."),
            .text("name", at: "Name"),
            .text("description", at: "Description"),
            .identifier("client_uuid", at: "Client/UUID"),
            .text("client_name", at: "Client/Name"),
            .text("client_order_number", at: "ClientOrderNumber"),
            .money("budget", at: "Budget"),
            .text("state", at: "State", "Free text that each organisation defines."),
            .text("type", at: "Type", "The category's name; the platform gives no identifier."),
            .date("start_on", at: "StartDate"),
            .date("due_on", at: "DueDate"),
            .date("completed_on", at: "CompletedDate"),
            .identifier("contact_uuid", at: "Contact/UUID"),
            .text("contact_name", at: "Contact/Name"),
            .identifier("manager_uuid", at: "Manager/UUID"),
            .text("manager_name", at: "Manager/Name"),
            .identifier("partner_uuid", at: "Partner/UUID"),
            .text("partner_name", at: "Partner/Name"),
            .code("approved_quote_number", at: "ApprovedQuoteId"),
            .identifier("approved_quote_uuid", at: "ApprovedQuoteUUID"),
            .instant("created_at", at: "DateCreatedUtc", "Taken to be what `from` and `to` filter by."),
            .instant("modified_at", at: "DateModifiedUtc"),
            .text("web_url", at: "WebUrl"),
        ],
        children: [
            Child(
                at: "Tasks/Task", table: "wfm.job_task", key: ["job_uuid", "uuid"],
                summary: "A task on a job.",
                columns: [
                    .parent("job_uuid", "uuid"),
                    .identifierOrPosition("uuid", at: "UUID"),
                    .position(),
                    .identifier("task_uuid", at: "TaskUUID", "The catalogue task; time entries name `uuid`."),
                    .text("name", at: "Name"),
                    .text("description", at: "Description"),
                    .minutes("estimated_minutes", at: "EstimatedMinutes"),
                    .minutes("actual_minutes", at: "ActualMinutes"),
                    .boolean("completed", at: "Completed"),
                    .boolean("billable", at: "Billable"),
                    .text("folder", at: "Folder"),
                    .date("start_on", at: "StartDate"),
                    .date("due_on", at: "DueDate"),
                ]),
            Child(
                at: "Tasks/Task/Assigned/Staff",
                table: "wfm.job_task_assignee", key: ["job_uuid", "task_uuid", "staff_uuid"],
                summary: "A staff member assigned to a task of a job.",
                columns: [
                    .parent("job_uuid", "uuid"),
                    .outer("task_uuid", at: "UUID", of: "Task", as: .identifier, presence: .required),
                    .identifier("staff_uuid", at: "UUID", presence: .required),
                    .position(),
                    .text("staff_name", at: "Name"),
                    .minutes("allocated_minutes", at: "AllocatedMinutes"),
                ]),
            Child(
                at: "Assigned/Staff", table: "wfm.job_assignee", key: ["job_uuid", "staff_uuid"],
                summary: "A staff member assigned to a job.",
                columns: [
                    .parent("job_uuid", "uuid"),
                    .identifier("staff_uuid", at: "UUID", presence: .required),
                    .position(),
                    .text("staff_name", at: "Name"),
                ]),
            Child(
                at: "Milestones/Milestone", table: "wfm.job_milestone", key: ["job_uuid", "uuid"],
                summary: "A milestone of a job.",
                columns: [
                    .parent("job_uuid", "uuid"),
                    .identifierOrPosition("uuid", at: "UUID"),
                    .position(),
                    .date("milestone_on", at: "Date"),
                    .text("description", at: "Description"),
                    .boolean("completed", at: "Completed"),
                    .text("folder", at: "Folder"),
                ]),
            Child(
                at: "Notes/Note", table: "wfm.job_note", key: ["job_uuid", "uuid"],
                summary: "A note on a job.",
                columns: [
                    .parent("job_uuid", "uuid"),
                    .identifierOrPosition("uuid", at: "UUID"),
                    .position(),
                    .text("title", at: "Title"),
                    .text("text", at: "Text"),
                    .text("folder", at: "Folder"),
                    .moment("written_at", at: "Date"),
                    .text("created_by", at: "CreatedBy"),
                ]),
            Child(
                at: "Notes/Note/Comments/Comment",
                table: "wfm.job_note_comment", key: ["job_uuid", "note_uuid", "uuid"],
                summary: "A comment on a note of a job.",
                columns: [
                    .parent("job_uuid", "uuid"),
                    .outer("note_uuid", at: "UUID", of: "Note", as: .identifier, presence: .required),
                    .identifierOrPosition("uuid", at: "UUID"),
                    .position(),
                    .text("text", at: "Text"),
                    .moment("written_at", at: "Date"),
                    .text("created_by", at: "CreatedBy"),
                ]),
        ],
        after: ["client", "staff", "task", "job_category"]
    )
}
