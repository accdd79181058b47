/// Jobs, time, invoices, quotes, orders and leads.
extension Endpoints {
    func jobs() -> Answer {
        let detailed = isDetailed
        let write: @Sendable (Renderer, inout XMLWriter, Int) -> Void = { $0.job(&$1, $2, detailed: detailed) }
        let plain: @Sendable (Renderer, inout XMLWriter, Int) -> Void = { $0.job(&$1, $2, detailed: false) }
        switch (verb, path.count) {
        case ("list", 2): return jobList(write)
        case ("current", 2):
            let rows = selection.rows(.job) { selection.isCurrent(.job, $0) }
            return list(
                "Jobs", rows, pageSize: configuration.currentJobsIgnorePages ? nil : 1000, always: unasked, write)
        case ("get", 3): return single(selection.find(.job, identifier)) { $0.job(&$1, $2, detailed: true) }
        case ("client", 3):
            guard let client = selection.find(.client, identifier) else { return .unknown(identifier) }
            let rows = selection.rows(.job) { sample.jobs[$0].client == client }
            return list("Jobs", rows, pageSize: 1000, always: unasked, plain)
        case ("staff", 3):
            guard let member = selection.find(.staff, identifier) else { return .unknown(identifier) }
            let rows = selection.rows(.job) { sample.jobStaff[sample.jobs[$0].staff.indices].contains(Int16(member)) }
            return list("Jobs", rows, pageSize: 1000, always: unasked, plain)
        case ("tasks", 2):
            return jobTasks()
        case ("costs", 3): return jobCosts()
        case ("documents", 3):
            guard let job = selection.find(.job, identifier) else { return .unknown(identifier) }
            return attachments(of: .job, job)
        default: return noPath
        }
    }

    private var unasked: Bool { configuration.pagesUnasked }

    private func jobList(_ write: @escaping @Sendable (Renderer, inout XMLWriter, Int) -> Void) -> Answer {
        var since: Int?
        if let text = query["modifiedsinceutc"] {
            guard let seconds = Endpoints.seconds(text) else {
                return .refused(status: 400, text: "\"modifiedsinceutc\" must be a date and time.")
            }
            since = seconds
        }
        return windowed { span in
            let rows = selection.rows(.job, in: span) { since == nil || selection.modified(.job, $0) > since ?? 0 }
            return list("Jobs", rows, pageSize: 1000, always: unasked, write)
        }
    }

    /// Jobs with those of their tasks that were asked for: completed or not, due by a day, starting from one.
    private func jobTasks() -> Answer {
        let complete = query["complete"].map { $0.lowercased() == "true" }
        let (due, start) = (query["due"].flatMap { LocalDay($0) }, query["start"].flatMap { LocalDay($0) })
        let tasks = sample.jobTasks
        let isWanted: @Sendable (Int) -> Bool = { index in
            let task = tasks[index]
            return (complete.map { task.isCompleted == $0 } ?? true)
                && (due.map { task.due >= 0 && task.due <= $0.number } ?? true)
                && (start.map { task.start >= 0 && task.start >= $0.number } ?? true)
        }
        let rows = selection.rows(.job) { sample.jobs[$0].tasks.indices.contains(where: isWanted) }
        return list("Jobs", rows, pageSize: 1000, always: unasked) { $0.jobTasks(&$1, $2, where: isWanted) }
    }

    /// The documents of a job or a client: none, one or two.
    func attachments(of kind: RowKind, _ index: Int) -> Answer {
        list("Documents", (0..<Int32(index % 3)).map { $0 }) { $0.document(&$1, Int($2), of: kind, index) }
    }

    private func jobCosts() -> Answer {
        guard let job = selection.find(.job, identifier) else { return .unknown(identifier) }
        let costs = sample.jobs[job].costs.indices.filter { !selection.isDeleted(.jobCost, $0) }
        let rows = thinning.thinned(costs.map { Int32($0) })
        var list = RowList(method: "Costs", container: "Costs", rows: rows) { $0.jobCost(&$1, $2) }
        list.isBare = renderer.spelling.bareJobCosts
        return .rows(list)
    }

    /// Reads `yyyy-MM-dd[THH:mm[:ss…]]` as seconds since 1970, whatever the zone.
    static func seconds(_ text: String) -> Int? {
        guard let day = LocalDay(text) else { return nil }
        let clock = text.split(separator: "T").dropFirst().first ?? ""
        let parts = clock.prefix(8).split(separator: ":").map { Int($0) ?? 0 }
        let second = parts.enumerated().reduce(0) { $0 + $1.element * [3600, 60, 1, 0][min(3, $1.offset)] }
        return day.number * 86_400 + second
    }

    func times() -> Answer {
        let write: @Sendable (Renderer, inout XMLWriter, Int) -> Void = { $0.time(&$1, $2) }
        switch (verb, path.count) {
        case ("list", 2): return windowed { list("Times", selection.rows(.time, in: $0), write) }
        case ("job", 3):
            guard let job = selection.find(.job, identifier) else { return .unknown(identifier) }
            return windowed(required: false) { span in
                list("Times", selection.rows(.time, in: span) { sample.times[$0].job == job }, write)
            }
        case ("staff", 3):
            guard let member = selection.find(.staff, identifier) else { return .unknown(identifier) }
            return windowed(required: false) { span in
                list("Times", selection.rows(.time, in: span) { sample.times[$0].staff == member }, write)
            }
        case ("get", 3): return single(selection.find(.time, identifier), write)
        default: return noPath
        }
    }

    func invoices() -> Answer {
        let common = documents(.invoice, "Invoices", hasDrafts: true) { $0.invoice(&$1, $2, detailed: $3) }
        if let common { return common }
        switch (verb, path.count) {
        case ("job", 3):
            guard let job = selection.find(.job, identifier) else { return .unknown(identifier) }
            let rows = selection.rows(.invoice) { index in
                sample.invoiceJobs[sample.invoices[index].jobs.indices].contains { $0.job == job }
            }
            return list("Invoices", rows) { $0.invoice(&$1, $2, detailed: false) }
        case ("payments", 3): return single(selection.find(.invoice, identifier)) { $0.payments(&$1, $2) }
        default: return noPath
        }
    }

    func quotes() -> Answer {
        documents(.quote, "Quotes", hasDrafts: true) { $0.quote(&$1, $2, detailed: $3) } ?? noPath
    }

    func orders() -> Answer {
        let common = documents(.purchaseOrder, "PurchaseOrders", hasDrafts: true, pageSize: 1000) {
            $0.order(&$1, $2, detailed: $3)
        }
        if let common { return common }
        guard verb == "job", path.count == 3 else { return noPath }
        guard let job = selection.find(.job, identifier) else { return .unknown(identifier) }
        let rows = selection.rows(.purchaseOrder) { sample.orders[$0].job == job }
        return list("PurchaseOrders", rows) { $0.order(&$1, $2, detailed: false) }
    }

    func leads() -> Answer {
        if verb == "categories", path.count == 2 {
            return list("Categories", selection.rows(.leadCategory)) { renderer, w, index in
                renderer.named(&w, "Category", .leadCategory, index, renderer.sample.leadCategories[index])
            }
        }
        return documents(.lead, "Leads", hasDrafts: false) { $0.lead(&$1, $2, detailed: $3) } ?? noPath
    }
}
