/// A made-up organisation: everything the lists hold, as compact values; XML is made from it on demand.
///
/// Rows refer to each other by position, and −1 means none. Days count from 1970-01-01.
///
/// `SampleBuilder` makes it from a seed, in a fixed order of steps: the same seed, scale and day give the same rows,
/// and a new step goes to the end so that it does not change what earlier ones draw. Everything is invented from the
/// word lists in `SampleText`. About one row in a hundred is odd on purpose (references to nothing, nasty text, strange
/// minutes), because the platform's are.
///
/// Amounts are exact (`Money`, ten-thousandths), so the sums a test compares have no rounding of their own. Lines of
/// documents and jobs lie in tables of their own; their parents hold a `Span` of them.
struct SampleOrganisation: Sendable {
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

    func id(_ kind: RowKind, _ index: Int) -> RowID {
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
