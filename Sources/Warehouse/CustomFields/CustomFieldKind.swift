/// A kind of record that an organisation can define fields for, and where its records and values are.
///
/// Quotes can have fields too; no known call gives their values.
enum CustomFieldKind: String, CaseIterable, Sendable {
    case job, client, contact, supplier
    case supplierContact = "supplier_contact"
    case lead
    case jobTask = "job_task"
    case jobCost = "job_cost"
    case timesheet

    /// The column of `wfm.custom_field` that says whether such records can have a field.
    var flag: String {
        switch self {
        case .contact, .supplierContact: "use_contact"
        case .timesheet: "use_job_time"
        case .job, .client, .supplier, .lead, .jobTask, .jobCost: "use_\(rawValue)"
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
        case .job, .client, .supplier, .lead, .jobCost, .timesheet: "wfm.\(rawValue) t"
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
        case .job, .client, .supplier, .lead, .jobCost, .timesheet: true
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
        case .jobTask: ["uuid", "job_uuid", "name"]
        case .jobCost: ["uuid", "job_number", "incurred_on", "description"]
        case .timesheet: ["uuid", "job_number", "staff_uuid", "staff_name", "worked_on"]
        }
    }
}
