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
