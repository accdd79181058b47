/// Clients, groups, suppliers, staff, the catalogues and custom fields.
extension Endpoints {
    func clients() -> Answer {
        let detailed = isDetailed
        let write: @Sendable (Renderer, inout XMLWriter, Int) -> Void = { $0.client(&$1, $2, detailed: detailed) }
        switch (verb, path.count) {
        case ("list", 2):
            var since: Int?
            if let text = query["modifiedsince"] {
                guard let seconds = Endpoints.seconds(text) else {
                    return .refused(status: 400, text: "\"modifiedsince\" must be a date and time.")
                }
                since = seconds
            }
            let rows = selection.rows(.client) { since == nil || selection.modified(.client, $0) > since ?? 0 }
            return list("Clients", rows, pageSize: 100, always: configuration.pagesUnasked, write)
        case ("search", 2):
            let wanted = query["query"]?.lowercased() ?? ""
            let rows = selection.rows(.client) { sample.clients[$0].name.lowercased().contains(wanted) }
            return list("Clients", rows, write)
        case ("get", 3): return single(selection.find(.client, identifier)) { $0.client(&$1, $2, detailed: true) }
        case ("contact", 3):
            let contact = selection.find(.contact, identifier)
            return single(sample.contactLinks.firstIndex { Int($0.contact) == contact }) { renderer, w, link in
                renderer.contact(&w, renderer.sample.contactLinks[link], position: nil)
            }
        case ("documents", 3):
            guard let client = selection.find(.client, identifier) else { return .unknown(identifier) }
            return attachments(of: .client, client)
        default: return noPath
        }
    }

    func groups() -> Answer {
        switch (verb, path.count) {
        case ("list", 2): list("Groups", selection.rows(.group)) { $0.group(&$1, $2, detailed: false) }
        case ("get", 3): single(selection.find(.group, identifier)) { $0.group(&$1, $2, detailed: true) }
        default: noPath
        }
    }

    func suppliers() -> Answer {
        let detailed = isDetailed
        switch (verb, path.count) {
        case ("list", 2):
            return list("Suppliers", selection.rows(.supplier), pageSize: 1000) {
                $0.supplier(&$1, $2, detailed: detailed)
            }
        case ("get", 3):
            guard let index = selection.find(.supplier, identifier) else { return .unknown(identifier) }
            return .rows(
                RowList(
                    method: "Get", container: renderer.spelling.nestedSupplier ? "Suppliers" : nil, rows: [Int32(index)]
                ) { $0.supplier(&$1, $2, detailed: true) })
        case ("contact", 3):
            return single(selection.find(.supplierContact, identifier)) { $0.supplierContact(&$1, $2) }
        default: return noPath
        }
    }

    func staff() -> Answer {
        let write: @Sendable (Renderer, inout XMLWriter, Int) -> Void = { $0.staffMember(&$1, $2) }
        switch (verb, path.count) {
        case ("list", 2): return list("StaffList", selection.rows(.staff), write)
        case ("get", 3): return single(listed(identifier), write)
        case (_, 2) where RowID(verb) != nil:
            guard let index = listed(verb) else { return .unknown(verb) }
            return .rows(RowList(method: "Get", container: nil, rows: [Int32(index)], write: write))
        default: return noPath
        }
    }

    private func listed(_ identifier: String) -> Int? {
        selection.find(.staff, identifier).flatMap { sample.staff[$0].isListed ? $0 : nil }
    }

    func catalogues(_ entity: String) -> Answer {
        switch (entity, verb, path.count) {
        case ("category.api", "list", 2):
            return list("Categories", selection.rows(.category)) { renderer, w, index in
                renderer.named(&w, "Category", .category, index, renderer.sample.categories[index])
            }
        case ("template.api", "list", 2):
            return list("Templates", selection.rows(.template)) { renderer, w, index in
                renderer.named(&w, "Template", .template, index, renderer.sample.templates[index])
            }
        case ("task.api", "list", 2): return list("TaskList", selection.rows(.task)) { $0.task(&$1, $2) }
        case ("task.api", "get", 3): return single(selection.find(.task, identifier)) { $0.task(&$1, $2) }
        case ("cost.api", "list", 2): return costs()
        case ("cost.api", "get", 3): return single(selection.find(.cost, identifier)) { $0.cost(&$1, $2) }
        case ("customfield.api", "definition", 2):
            return list("CustomFieldDefinitions", selection.rows(.customField)) { $0.definition(&$1, $2) }
        default: return noPath
        }
    }

    /// The price list: pages of 1,000, ended by a page with `Records` 0.
    private func costs() -> Answer {
        let page = max(1, query["page"].flatMap { Int($0) } ?? 1)
        let all = thinning.thinned(selection.rows(.cost))
        let first = page > all.count / 1000 + 1 ? all.count : (page - 1) * 1000
        let rows = Array(all[min(first, all.count)..<min(first + 1000, all.count)])
        var list = RowList(method: "List", container: "Costs", rows: rows) { $0.cost(&$1, $2) }
        list.records = rows.count
        return .rows(list)
    }

    /// The values of the custom fields of one row.
    func customFields(_ entity: String) -> Answer {
        let target: FieldOwner
        switch (entity, verb) {
        case ("job.api", "get"): target = .job
        case ("job.api", "task"): target = .jobTask
        case ("job.api", "cost"): target = .jobCost
        case ("time.api", "get"): target = .timesheet
        case ("client.api", "get"): target = .client
        case ("client.api", "contact"): target = .contact
        case ("supplier.api", "get"): target = .supplier
        case ("supplier.api", "contact"): target = .supplierContact
        case ("lead.api", "get"): target = .lead
        // Not documented; here for who reads them nevertheless.
        case ("quote.api", "get"): target = .quote
        default: return noPath
        }
        guard let index = selection.find(target.kind, identifier) else { return .unknown(identifier) }
        let rows = renderer.customFields(of: target.kind, index, use: target.use).map { Int32($0) }
        return .rows(
            RowList(method: "CustomField", container: "CustomFields", rows: rows) { renderer, w, position in
                renderer.customValue(&w, kind: target.kind, index, position: position)
            })
    }
}
