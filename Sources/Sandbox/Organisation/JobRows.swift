/// A job and what hangs on it.
struct JobRow: Sendable {
    var number: Int32
    var name: String
    var client: Int32
    var contact: Int32 = -1
    var category: Int16
    var state: Int16
    var start: Int32
    var due: Int32
    /// −1 while the job is open.
    var completed: Int32 = -1
    var created: Int32
    /// −1 when never modified.
    var modified: Int32 = -1
    var manager: Int16 = -1
    var partner: Int16 = -1
    /// nil leaves the element out.
    var budget: Money?
    var quote: Int32 = -1
    var order: Int16 = -1
    var isBillable = true
    var staff = Span()
    var tasks = Span()
    var milestones = Span()
    var notes = Span()
    var costs = Span()
}

struct JobTask: Sendable {
    var job: Int32
    var catalogue: Int16
    /// A phase, or −1.
    var folder: Int16 = -1
    var estimated: Int32
    var actual: Int32 = 0
    var isCompleted = false
    var isBillable = true
    var isLabelled = false
    /// −1 when not scheduled.
    var start: Int32 = -1
    var due: Int32 = -1
    var staff = Span()
}

struct Assignee: Sendable {
    var staff: Int16
    /// −1 leaves the element out.
    var allocated: Int32
}

struct Milestone: Sendable {
    var day: Int32
    var text: Int16
    var folder: Int16
    var isCompleted: Bool
}

struct NoteRow: Sendable {
    var day: Int32
    var second: Int32
    var staff: Int16
    var title: Int16
    /// Below zero a nasty text, else one of the usual ones.
    var text: Int16
    var folder: Int16
    var comments = Span()
}

struct CommentRow: Sendable {
    var day: Int32
    var second: Int32
    var staff: Int16
    var text: Int16
}

struct TimeRow: Sendable {
    var day: Int32
    /// −1 for a job that does not exist.
    var job: Int32
    /// −1 for a task that does not exist.
    var task: Int32
    /// −1 for a person who does not exist.
    var staff: Int16
    var minutes: Int16
    /// Minute of the day, or −1 when recorded without a clock.
    var start: Int16 = -1
    /// 0 none, below zero a nasty text, else one of the usual ones.
    var note: Int16 = 0
    var isBillable = true
    /// −1 none, −2 an empty element, −3 a line that does not exist, else an invoice task.
    var invoiceTask: Int32 = -1
}
