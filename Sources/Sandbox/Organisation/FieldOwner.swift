/// A kind of record that can have values of custom fields (reference 4, 6.9).
enum FieldOwner: String, Sendable, CaseIterable {
    case job, client, contact, supplier, lead, quote, timesheet
    case supplierContact = "supplier_contact"
    case jobTask = "job_task"
    case jobCost = "job_cost"

    /// The owner of an entity's name, such as `job_task_custom_field`.
    init?(entity: String) {
        guard entity.hasSuffix("_custom_field") else { return nil }
        self.init(rawValue: String(entity.dropLast("_custom_field".count)))
    }

    /// What its rows are.
    var kind: RowKind {
        switch self {
        case .job: .job
        case .client: .client
        case .contact: .contact
        case .supplier: .supplier
        case .lead: .lead
        case .quote: .quote
        case .timesheet: .time
        case .supplierContact: .supplierContact
        case .jobTask: .jobTask
        case .jobCost: .jobCost
        }
    }

    /// The flag of a definition that concerns it.
    var use: FieldUse {
        switch self {
        case .job: .job
        case .client: .client
        case .contact, .supplierContact: .contact
        case .supplier: .supplier
        case .lead: .lead
        case .quote: .quote
        case .timesheet: .jobTime
        case .jobTask: .jobTask
        case .jobCost: .jobCost
        }
    }

    /// The rows that exist and that a request can name.
    func rows(_ selection: Selection) -> [Int] {
        let sample = selection.renderer.sample
        func lines(_ kind: RowKind, _ places: (Int) -> [Int]) -> [Int] {
            Set(selection.rows(kind).flatMap { places(Int($0)) }).sorted()
        }
        switch self {
        case .contact:
            return lines(.client) { client in
                sample.clients[client].contacts.indices.map { Int(sample.contactLinks[$0].contact) }
            }
        case .supplierContact: return lines(.supplier) { Array(sample.suppliers[$0].contacts.indices) }
        case .jobTask: return lines(.job) { Array(sample.jobs[$0].tasks.indices) }
        case .jobCost:
            return lines(.job) { Array(sample.jobs[$0].costs.indices) }.filter { !selection.isDeleted(.jobCost, $0) }
        case .job, .client, .supplier, .lead, .quote, .timesheet: return selection.rows(kind).map { Int($0) }
        }
    }

    /// The key of a request for a row: the number of a job, and of a quote where it has no identifier; the identifier of
    /// everything else.
    func key(_ index: Int, _ selection: Selection) -> String {
        let hasNumber = self == .job || self == .quote && selection.renderer.spelling.quotesWithoutUUID
        guard hasNumber else { return selection.renderer.sample.id(kind, index).text }
        var writer = XMLWriter(spelling: SandboxSpelling())
        selection.renderer.number(&writer, "ID", kind, index)
        return FlatRow(Array("<R>".utf8) + writer.bytes + Array("</R>".utf8)).elements.last?.text ?? ""
    }

    /// The place that a key of record and definition names.
    func place(of key: String, _ selection: Selection) -> FieldPlace? {
        let parts = key.split(separator: "/")
        guard let definition = parts.last, parts.count > 1,
            let index = selection.find(kind, parts.dropLast().joined(separator: "/"), evenDeleted: true),
            let position = selection.find(.customField, String(definition), evenDeleted: true)
        else { return nil }
        return FieldPlace(kind: kind, index: index, position: position)
    }

    /// All its values: keys of record and definition; the value itself only row by row.
    func truth(
        drafts: ExpectedTotalsCounter.Drafts, withKeys: Bool, withRows: Bool, _ selection: Selection
    ) -> ExpectedTotals {
        let renderer = selection.renderer
        var (truth, keys, rows) = (ExpectedTotals(entity: "\(rawValue)_custom_field"), [String](), [ExpectedRow]())
        for index in self.rows(selection) {
            // Only quotes have drafts among the records with fields.
            if self == .quote, drafts != .with, selection.isDraft(.quote, index) != (drafts == .only) { continue }
            let owner = key(index, selection)
            for position in renderer.customFields(of: kind, index, use: use) {
                let key = "\(owner)/\(renderer.sample.id(.customField, position).text)"
                keys.append(key)
                guard withRows else { continue }
                var writer = XMLWriter(spelling: renderer.spelling)
                renderer.customValue(&writer, kind: kind, index, position: position)
                let elements = FlatRow(writer.bytes).elements.dropFirst().filter {
                    !["UUID", "Name"].contains($0.path)
                }
                rows.append(
                    ExpectedRow(
                        key: key,
                        fields: Dictionary(elements.map { ($0.path, $0.text ?? "") }) { first, _ in first }))
            }
        }
        keys.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        truth.count = keys.count
        truth.keysDigest = Hashing.hex(Hashing.sha256(keys.joined(separator: "\n").utf8))
        if withKeys { truth.keys = keys }
        if withRows { truth.rows = rows }
        return truth
    }
}
