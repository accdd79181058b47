/// A kind of values that the platform gives only by one call for each record: the words of the setting `values`.
///
/// The order of a list of kinds is their order of worth: a run spends its calls on the first kind until that is read,
/// then on the next.
public enum ValueKind: String, Sendable, Hashable, CaseIterable {
    /// Payments of invoices.
    case payments
    /// Costs booked on jobs.
    case jobCost = "job_cost"
    /// Custom fields of jobs.
    case job
    /// Custom fields of clients.
    case client
    /// Custom fields of the contacts of clients.
    case contact
    /// Custom fields of suppliers.
    case supplier
    /// Custom fields of the contacts of suppliers.
    case supplierContact = "supplier_contact"
    /// Custom fields of leads.
    case lead
    /// Custom fields of quotes, by a call that the platform's documentation does not name.
    case quote
    /// Custom fields of the tasks of jobs.
    case jobTask = "job_task"
    /// Custom fields of the costs of jobs.
    case jobCostField = "job_cost_field"
    /// Custom fields of time entries.
    case timesheet

    /// What Inflow reads unless a person says otherwise: all but the custom fields of quotes, lines and time entries.
    ///
    /// Those of lines and time entries are most of the calls of an organisation, and few keep fields on them.
    public static let usual: [ValueKind] = [
        .payments, .jobCost, .job, .client, .contact, .supplier, .supplierContact, .lead,
    ]

    /// The word that stands for no kind at all.
    static let none = "none"

    /// The kind of a word: its own, or the name of its entity, whatever the case; `nil` for an unknown word.
    public init?(word: String) {
        let word = word.trimmed.lowercased().replacing("-", with: "_").replacing(" ", with: "_")
        let field = "_custom_field"
        switch word {
        case "payment", "invoice_payment", "invoice_payments": self = .payments
        case "job_costs": self = .jobCost
        case "job_cost\(field)", "job_cost\(field)s": self = .jobCostField
        case "time": self = .timesheet
        default:
            let owner = [field, "\(field)s", "s"].first { word.hasSuffix($0) }.map { String(word.dropLast($0.count)) }
            guard let kind = ValueKind(rawValue: word) ?? owner.flatMap({ ValueKind(rawValue: $0) }) else { return nil }
            self = kind
        }
    }

    /// What it is, in the words of a status line.
    public var words: String {
        switch self {
        case .payments: "payments"
        case .jobCost: "job costs"
        case .job: "fields of jobs"
        case .client: "fields of clients"
        case .contact: "fields of contacts"
        case .supplier: "fields of suppliers"
        case .supplierContact: "fields of supplier contacts"
        case .lead: "fields of leads"
        case .quote: "fields of quotes"
        case .jobTask: "fields of job tasks"
        case .jobCostField: "fields of job costs"
        case .timesheet: "fields of time entries"
        }
    }
}

extension [EntityDefinition] {
    /// Those that are read per record and that the kinds name, in order of worth; ones without a kind come last.
    public func values(_ kinds: [ValueKind]) -> [EntityDefinition] {
        let perParent = filter(\.isPerParent)
        return kinds.flatMap { kind in perParent.filter { $0.perParent?.kind == kind } }
            + perParent.filter { $0.perParent?.kind == nil }
    }

    /// Those that are read per record and that Inflow reads without a request by name, in order of worth.
    ///
    /// None where the day's share of calls for them is 0.
    public func values(_ settings: ConnectionSettings) -> [EntityDefinition] {
        settings.perParentPercent > 0 ? values(settings.values) : []
    }
}
