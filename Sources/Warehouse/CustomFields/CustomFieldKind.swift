/// A kind of record that an organisation can define fields for, and where its records and values are.
enum CustomFieldKind: String, CaseIterable, Sendable {
    case job, client, contact, supplier
    case supplierContact = "supplier_contact"
    case lead, quote
    case jobTask = "job_task"
    case jobCost = "job_cost"
    case timesheet

    /// The column of `wfm.custom_field` that says whether such records can have a field.
    var flag: String {
        switch self {
        case .contact, .supplierContact: "use_contact"
        case .timesheet: "use_job_time"
        case .job, .client, .supplier, .lead, .quote, .jobTask, .jobCost: "use_\(rawValue)"
        }
    }

    /// The entity, and the table in `wfm`, of the values.
    var values: String { "\(rawValue)_custom_field" }

    /// The column of the values that names the record.
    var valueOwner: String { self == .job ? "job_number" : "\(rawValue)_uuid" }

    /// The column of the record that the values name.
    var owner: String { self == .job ? "number" : "uuid" }

    /// The records, as `t`, without those that the platform no longer lists.
    var records: String {
        switch self {
        case .contact: CustomFieldKind.lines("client_contact", of: "client")
        case .supplierContact: CustomFieldKind.lines("supplier_contact", of: "supplier")
        case .jobTask: CustomFieldKind.lines("job_task", of: "job")
        case .job, .client, .supplier, .lead, .quote, .jobCost, .timesheet: "wfm.\(rawValue) t"
        }
    }

    private static func lines(_ table: String, of parent: String) -> String {
        "wfm.\(table) t join wfm.\(parent) p on p.connection_id = t.connection_id and p.uuid = t.\(parent)_uuid "
            + "and p.deleted_at is null"
    }

    /// Whether the records' own table marks what the platform no longer lists.
    var isMarked: Bool {
        switch self {
        case .contact, .supplierContact, .jobTask: false
        case .job, .client, .supplier, .lead, .quote, .jobCost, .timesheet: true
        }
    }

    /// The columns of the record that the view begins with.
    var columns: [String] {
        switch self {
        case .job: ["uuid", "number", "name", "client_uuid", "client_name"]
        case .client, .supplier: ["uuid", "name"]
        case .contact: ["uuid", "client_uuid", "name"]
        case .supplierContact: ["uuid", "supplier_uuid", "name"]
        case .lead: ["uuid", "name", "client_uuid", "client_name"]
        case .quote: ["uuid", "number", "name", "client_uuid", "client_name"]
        case .jobTask: ["uuid", "job_uuid", "name"]
        case .jobCost: ["uuid", "job_number", "incurred_on", "description"]
        case .timesheet: ["uuid", "job_number", "staff_uuid", "staff_name", "worked_on"]
        }
    }

    /// What a column that the view begins with means, in words.
    func meaning(of column: String) -> String {
        switch column {
        case "uuid": "Identifier of the record; joins \(table) (connection_id, uuid)."
        case "number", "job_number": "Number of the \(self == .quote ? "quote" : "job"), as people write it."
        case "client_uuid": "Identifier of the client; joins wfm.client (connection_id, uuid)."
        case "supplier_uuid": "Identifier of the supplier; joins wfm.supplier (connection_id, uuid)."
        case "job_uuid": "Identifier of the job; joins wfm.job (connection_id, uuid)."
        case "staff_uuid": "Identifier of the person; joins wfm.staff (connection_id, uuid)."
        case "client_name", "staff_name": "Name as the record was sent with it."
        case "worked_on": "Day of the work."
        case "incurred_on": "Day of the cost."
        case "description": "Description of the cost; free text."
        default: "Name of the record."
        }
    }

    /// The table of the records.
    private var table: String {
        switch self {
        case .contact: "wfm.client_contact"
        case .job, .client, .supplier, .supplierContact, .lead, .quote, .jobTask, .jobCost, .timesheet:
            "wfm.\(rawValue)"
        }
    }
}
