/// A made-up organisation: everything the lists hold, as compact values; XML is made from it on demand.
///
/// Rows refer to each other by position, and −1 means none. Days count from 1970-01-01.
struct Firm: Sendable {
    var seed: UInt64
    var today: LocalDay
    var firstDay: LocalDay
    var centsOnly: Bool

    var staff: [StaffRow] = []
    var clients: [ClientRow] = []
    var contacts: [PersonRow] = []
    var contactLinks: [ContactLink] = []
    var suppliers: [SupplierRow] = []
    var supplierContacts: [PersonRow] = []
    var categories: [String] = []
    var states: [String] = []
    var tasks: [CatalogueTask] = []
    var costs: [CatalogueCost] = []
    var groups: [GroupRow] = []
    var groupMembers: [Int32] = []
    var leadCategories: [String] = []
    var customFields: [FieldDefinition] = []
    var templates: [String] = []

    var jobs: [JobRow] = []
    var jobStaff: [Int16] = []
    var jobTasks: [JobTask] = []
    var taskStaff: [Assignee] = []
    var milestones: [Milestone] = []
    var notes: [NoteRow] = []
    var comments: [CommentRow] = []
    var jobCosts: [CostLine] = []
    var times: [TimeRow] = []
    var timeNotes: [String] = []
    var nastyTexts: [String] = []

    var invoices: [InvoiceRow] = []
    var invoiceJobs: [InvoiceJob] = []
    var invoiceTasks: [TaskLine] = []
    var invoiceCosts: [CostLine] = []
    var quotes: [QuoteRow] = []
    var quoteTasks: [TaskLine] = []
    var quoteCosts: [CostLine] = []
    var quoteOptions: [CostLine] = []
    var orders: [OrderRow] = []
    var orderCosts: [CostLine] = []
    var leads: [LeadRow] = []
    var activities: [Activity] = []
    var history: [HistoryItem] = []

    /// The identifier of a row.
    func id(_ kind: Kind, _ index: Int) -> RowID {
        RowID(seed: seed, kind: kind, index: index)
    }
}

/// A run of rows in another table.
struct Span: Sendable, Hashable {
    var start: Int32 = 0
    var count: Int32 = 0

    /// The positions of the rows.
    var indices: Range<Int> { Int(start)..<Int(start + count) }

    init() {}

    /// The rows from `start` to the table's present end.
    init<Row>(from start: Int, in table: [Row]) {
        self.start = Int32(start)
        self.count = Int32(table.count - start)
    }
}

/// Anything with an amount and the tax on it.
protocol Totalled {
    var amount: Money { get set }
    var tax: Money { get set }
}

extension Totalled {
    /// Adds a line's amounts to this row's.
    mutating func add(_ line: some Totalled) {
        amount += line.amount
        tax += line.tax
    }
}

struct StaffRow: Sendable {
    var name: String
    var email: String
    var hired: Int32
    /// The last day at work, or Int32.max.
    var left: Int32
    var isListed: Bool
    var rate: Money
}

struct ClientRow: Sendable {
    var name: String
    var town: Int16
    var isProspect = false
    var isArchived = false
    var isDeleted = false
    var isIndividual = false
    var accountManager: Int16 = -1
    var jobManager: Int16 = -1
    var billingClient: Int32 = -1
    /// −1 none, −2 an empty element, else a client type.
    var type: Int16 = -1
    var contacts = Span()
    var notes = 0
    var modified: Int32
}

struct PersonRow: Sendable {
    var name: String
    var position: Int16
}

struct ContactLink: Sendable {
    var contact: Int32
    var isPrimary: Bool
    /// nil leaves the element out.
    var isDeleted: Bool?
}

struct SupplierRow: Sendable {
    var name: String
    var town: Int16
    var contacts = Span()
    var notes = 0
    var isBare = false
}

struct CatalogueTask: Sendable {
    var name: String
    var description: String
}

struct CatalogueCost: Sendable {
    var description: String
    var code: String
    var unitCost: Money
    var unitPrice: Money
    var supplier: Int16
}

struct GroupRow: Sendable {
    var name: String
    /// nil leaves the element out.
    var isTaxable: Bool?
    var members = Span()
}

struct FieldDefinition: Sendable {
    var name: String
    var type: String
    var valueElement: StaticString
    var options: String
    var uses: Set<FieldUse>
    var isMandatory: Bool? = nil
}

/// Which rows may carry a custom field.
enum FieldUse: String, Sendable, CaseIterable {
    case client = "UseClient"
    case contact = "UseContact"
    case supplier = "UseSupplier"
    case job = "UseJob"
    case lead = "UseLead"
    case jobTask = "UseJobTask"
    case jobCost = "UseJobCost"
    case jobTime = "UseJobTime"
    case quote = "UseQuote"
}

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
    /// −1 for somebody who does not exist.
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

struct TaskLine: Sendable, Totalled {
    var name: Int16
    var note: Int16 = -1
    var isBillable = true
    var minutes: Int32
    /// nil writes an empty element.
    var rate: Money?
    var amount: Money
    var tax: Money
}

struct CostLine: Sendable, Totalled {
    var item: Int16
    var note: Int16 = -1
    var isBillable = true
    var supplier: Int16 = -1
    var day: Int32 = 0
    var quantity: Money
    var unitCost: Money
    var unitPrice: Money
    var amount: Money
    var tax: Money
}

struct InvoiceRow: Sendable, Totalled {
    enum Status: Int8, Sendable { case draft, approved, paid, cancelled }

    var number: Int32
    var isCredit = false
    var type: Int8
    var status: Status
    var date: Int32
    var due: Int32
    var client: Int32
    var contact: Int32 = -1
    var jobs = Span()
    var tasks = Span()
    var costs = Span()
    var amount = Money.zero
    var tax = Money.zero
    var paid = Money.zero
    var outstanding = Money.zero
    var text: Int16 = -1
}

struct InvoiceJob: Sendable {
    var job: Int32
    var tasks = Span()
    var costs = Span()
}

struct QuoteRow: Sendable, Totalled {
    enum State: Int8, Sendable { case draft, issued, accepted, declined, archived }

    var number: Int32
    var revision: Int8
    var isEstimate: Bool
    var state: State
    var client: Int32
    var contact: Int32 = -1
    var job: Int32 = -1
    var lead: Int32 = -1
    var name: String
    var date: Int32
    var valid: Int32
    /// nil writes an empty element.
    var budget: Money?
    var tasks = Span()
    var costs = Span()
    var options = Span()
    var estimatedCost = Money.zero
    var estimatedTax = Money.zero
    var amount = Money.zero
    var tax = Money.zero
}

struct OrderRow: Sendable, Totalled {
    enum State: Int8, Sendable { case draft, issued, received, cancelled }

    var number: Int32
    var state: State
    var date: Int32
    var supplier: Int16
    var job: Int32
    var text: Int16
    var costs = Span()
    var amount = Money.zero
    var tax = Money.zero
}

struct LeadRow: Sendable {
    enum State: Int8, Sendable { case current, won, lost }

    var name: String
    var state: State
    var value: Money
    var date: Int32
    var closed: Int32 = -1
    var category: Int16
    var client: Int32 = -1
    var contact: Int32 = -1
    var owner: Int16 = -1
    var activities = Span()
    var history = Span()
}

struct Activity: Sendable {
    var day: Int32
    var subject: Int16
    var isCompleted: Bool
    var responsible: Int16
}

struct HistoryItem: Sendable {
    var day: Int32
    var second: Int32
    var staff: Int16
    var type: Int16
    var detail: Int16
}
