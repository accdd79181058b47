/// What a call gets.
enum Answer: Sendable {
    /// A body of rows.
    case rows(RowList)
    /// An error body with an HTTP status.
    case refused(status: Int, text: String)
    /// An identifier that no row has.
    case unknown(String)
}

/// Finds the rows a call asks for: the endpoint map of the reference, §4.
struct Endpoints: Sendable {
    let selection: Selection
    let configuration: Switches
    /// The path from `x.api` on, decoded.
    let path: [String]
    /// Query parameters by name in lower case.
    let query: [String: String]
    /// What a fault leaves of a list.
    var thinning = Thinning.all

    var renderer: Renderer { selection.renderer }
    var sample: SampleOrganisation {
        _read { yield selection.renderer.sample }
    }
    var verb: String { path.count > 1 ? path[1].lowercased() : "" }
    var identifier: String { path.count > 2 ? path[2] : "" }
    /// The verb with a capital, as `api-method` has it.
    var method: String { verb.prefix(1).uppercased() + verb.dropFirst() }
    var isDetailed: Bool { query["detailed"]?.lowercased() == "true" }

    func answer() -> Answer {
        guard let entity = path.first?.lowercased(), path.count <= 4 else { return noPath }
        if path.count == 4 {
            return path[3].lowercased() == "customfield" ? customFields(entity) : noPath
        }
        switch entity {
        case "job.api": return jobs()
        case "time.api": return times()
        case "invoice.api": return invoices()
        case "quote.api": return quotes()
        case "purchaseorder.api": return orders()
        case "lead.api": return leads()
        case "client.api": return clients()
        case "clientgroup.api": return groups()
        case "supplier.api": return suppliers()
        case "staff.api": return staff()
        default: return catalogues(entity)
        }
    }

    var noPath: Answer { .refused(status: 404, text: "No endpoint \"/\(path.joined(separator: "/"))\".") }

    // MARK: shared parts

    /// A list of a kind in the container, with the paging asked for.
    func list(
        _ container: StaticString, _ rows: [Int32], pageSize: Int? = nil, always: Bool = false,
        _ write: @escaping @Sendable (Renderer, inout XMLWriter, Int) -> Void
    ) -> Answer {
        var rows = thinning.thinned(rows)
        if renderer.spelling.unsorted {
            var random = SeededGenerator(seed: sample.seed &+ UInt64(rows.count))
            random.reorder(&rows)
        }
        var list = RowList(method: method, container: container, rows: rows, write: write)
        if let pageSize { cut(&list, defaultSize: pageSize, always: always) }
        return .rows(list)
    }

    private func cut(_ list: inout RowList, defaultSize: Int, always: Bool) {
        let isAsked = query["page"] != nil || query["pagesize"] != nil
        guard isAsked || always else { return }
        let page = max(1, query["page"].flatMap { Int($0) } ?? 1)
        let asked = max(1, query["pagesize"].flatMap { Int($0) } ?? defaultSize)
        let size = configuration.longestPage > 0 ? min(asked, configuration.longestPage) : asked
        let total = list.rows.count
        let first = min(total, (page - 1).multipliedReportingOverflow(by: size).partialValue)
        list.rows = Array(list.rows[max(0, first)..<min(total, max(0, first) + size)])
        if isAsked { list.counters = RowList.Counters(page: page, size: size, total: total) }
    }

    /// One record without a container.
    func single(_ index: Int?, _ write: @escaping @Sendable (Renderer, inout XMLWriter, Int) -> Void) -> Answer {
        guard let index else { return .unknown(identifier) }
        return .rows(RowList(method: method, container: nil, rows: [Int32(index)], write: write))
    }

    /// Runs `body` with the window asked for; refuses when there is none or it does not make sense.
    func windowed(required: Bool = true, _ body: (DaySpan?) -> Answer) -> Answer {
        let (from, to) = (query["from"], query["to"])
        if !required, from == nil, to == nil { return body(nil) }
        guard let from, let to else {
            return .refused(status: 400, text: "The parameters \"from\" and \"to\" are required.")
        }
        guard let first = LocalDay(from), let last = LocalDay(to) else {
            return .refused(status: 400, text: "\"from\" and \"to\" must be dates, yyyyMMdd.")
        }
        if configuration.refusesLongWindows, last.number - first.number > 366 {
            return .refused(status: 400, text: "The period between \"from\" and \"to\" is longer than one year.")
        }
        let (days, most) = (last.number - first.number + 1, configuration.longestWindowDays)
        if most > 0, days > most {
            return .refused(
                status: 400,
                text: "The period between \"from\" and \"to\" has \(days) days; at most \(most) are allowed.")
        }
        return body(DaySpan(from: first.number, to: last.number))
    }

    /// The windowed `list`, `current` and `draft` every document has.
    func documents(
        _ kind: RowKind, _ container: StaticString, hasDrafts: Bool, pageSize: Int? = nil,
        _ write: @escaping @Sendable (Renderer, inout XMLWriter, Int, Bool) -> Void
    ) -> Answer? {
        let detailed = isDetailed
        let row: @Sendable (Renderer, inout XMLWriter, Int) -> Void = { write($0, &$1, $2, detailed) }
        switch verb {
        case "list":
            return windowed { span in
                let rows = selection.rows(kind, in: span) { configuration.listsDrafts || !selection.isDraft(kind, $0) }
                return list(container, rows, pageSize: pageSize, always: configuration.pagesUnasked, row)
            }
        case "current":
            return list(container, selection.rows(kind) { selection.isCurrent(kind, $0) }, row)
        case "draft" where hasDrafts:
            return list(container, selection.rows(kind) { selection.isDraft(kind, $0) }, row)
        case "get" where path.count == 3:
            return single(selection.find(kind, identifier)) { write($0, &$1, $2, true) }
        default:
            return nil
        }
    }
}
