extension SampleBuilder {
    /// Quotes for most jobs (some revised), others that led nowhere, and a few drafts; ascending by date.
    mutating func makeQuotes() {
        let internals = firm.jobs.prefix { $0.category == Int16(firm.categories.count - 1) }.count
        for job in firm.jobs.indices.dropFirst(internals) where random.chance(700) { makeQuotes(for: job) }
        for _ in 0..<scaled(400) {
            let state: QuoteRow.State = random.chance(450) ? .issued : random.chance(600) ? .declined : .archived
            let date = state == .issued ? max(firstDay, today - random.below(240)) : random.within(firstDay...today)
            var row = quoteRow(date: date, client: Int32(random.below(firm.clients.count)), state: state)
            addLines(to: &row)
        }
        for _ in 0..<scaled(15) {
            var row = quoteRow(
                date: max(firstDay, today - random.below(25)), client: Int32(random.below(firm.clients.count)),
                state: .draft)
            addLines(to: &row)
        }
        let order = firm.quotes.indices.sorted {
            (firm.quotes[$0].date, firm.quotes[$0].number, firm.quotes[$0].revision)
                < (firm.quotes[$1].date, firm.quotes[$1].number, firm.quotes[$1].revision)
        }
        firm.quotes = order.map { firm.quotes[$0] }
        for (index, row) in firm.quotes.enumerated() where row.job >= 0 && row.state == .accepted {
            firm.jobs[Int(row.job)].quote = Int32(index)
        }
    }

    private mutating func makeQuotes(for job: Int) {
        let made = firm.jobs[job]
        let date = max(firstDay, Int(made.created) - 3 - random.below(40))
        let number = firm.quotes.count + 1
        let isRevised = random.chance(220)
        if isRevised {
            var original = quoteRow(date: date, client: made.client, state: .archived)
            original.job = Int32(job)
            addLines(to: &original)
        }
        var row = quoteRow(date: isRevised ? min(today, date + 3) : date, client: made.client, state: .accepted)
        row.number = Int32(number)
        row.revision = isRevised ? 1 : 0
        row.job = Int32(job)
        row.name = made.name
        row.contact = made.contact
        if random.chance(30) { row.revision += 1 }
        addLines(to: &row)
    }

    private mutating func quoteRow(date: Int, client: Int32, state: QuoteRow.State) -> QuoteRow {
        var row = QuoteRow(
            number: Int32(firm.quotes.count + 1), revision: 0, isEstimate: random.chance(150), state: state,
            client: client, name: jobName(), date: Int32(date), valid: Int32(date + 30))
        if random.chance(700) { row.budget = Money(cents: (4 + random.below(300)) * 50_000) }
        return row
    }

    private mutating func addLines(to row: inout QuoteRow) {
        let tasks = firm.quoteTasks.count
        let catalogue = row.job >= 0 ? firm.jobs[Int(row.job)].tasks.indices.map { firm.jobTasks[$0] } : []
        for position in 0..<(catalogue.isEmpty ? 1 + random.below(6) : catalogue.count) {
            let name = catalogue.isEmpty ? Int16(random.below(22)) : catalogue[position].catalogue
            let minutes = catalogue.isEmpty ? (2 + random.below(60)) * 30 : Int(catalogue[position].estimated)
            let line = taskLine(name: name, minutes: minutes)
            row.estimatedCost += line.amount.percent(60, cents: true)
            firm.quoteTasks.append(line)
        }
        row.tasks = Span(from: tasks, in: firm.quoteTasks)
        let costs = firm.quoteCosts.count
        for _ in 0..<(random.chance(500) ? 0 : 1 + random.below(3)) { firm.quoteCosts.append(costLine()) }
        row.costs = Span(from: costs, in: firm.quoteCosts)
        let options = firm.quoteOptions.count
        for _ in 0..<(random.chance(850) ? 0 : 1 + random.below(2)) { firm.quoteOptions.append(costLine()) }
        row.options = Span(from: options, in: firm.quoteOptions)
        for line in firm.quoteTasks[row.tasks.indices] { row.add(line) }
        for line in firm.quoteCosts[row.costs.indices] {
            row.add(line)
            row.estimatedCost += line.unitCost.times(line.quantity)
        }
        row.estimatedTax = tax(row.estimatedCost)
        firm.quotes.append(row)
    }

    /// Purchase orders with one to five lines; ascending by date.
    mutating func makeOrders() {
        var days = (0..<scaled(700)).map { _ in random.within(firstDay...today) }
        days.sort()
        for (position, day) in days.enumerated() {
            let age = today - day
            let state: OrderRow.State =
                age < 12 && random.chance(300)
                ? .draft
                : random.chance(age > 60 ? 150 : 700) ? .issued : random.chance(40) ? .cancelled : .received
            var row = OrderRow(
                number: Int32(position + 1), state: state, date: Int32(day),
                supplier: Int16(random.below(firm.suppliers.count)), job: Int32(openJob(on: day)),
                text: random.chance(500) ? Int16(random.below(SampleText.lineNotes.count)) : -1)
            let start = firm.orderCosts.count
            for _ in 0..<(1 + random.below(5)) {
                var line = costLine()
                line.amount = line.unitCost.times(line.quantity)
                line.tax = tax(line.amount)
                firm.orderCosts.append(line)
                row.add(line)
            }
            row.costs = Span(from: start, in: firm.orderCosts)
            firm.orders.append(row)
        }
    }

    private mutating func openJob(on day: Int) -> Int {
        for _ in 0..<20 {
            let job = random.below(firm.jobs.count)
            if Int(firm.jobs[job].start) <= day, Int(firm.jobs[job].due) >= day { return job }
        }
        return random.below(firm.jobs.count)
    }

    /// Leads with what was done about them, ascending by date; some quotes then name one.
    mutating func makeLeads() {
        var days = (0..<scaled(350)).map { _ in random.within(firstDay...today) }
        days.sort()
        for day in days {
            let isOpen = today - day < 90 ? random.chance(700) : random.chance(30)
            var row = LeadRow(
                name: jobName(), state: isOpen ? .current : random.chance(450) ? .won : .lost,
                value: Money(cents: (5 + random.below(400)) * 50_000), date: Int32(day),
                category: Int16(random.below(firm.leadCategories.count)))
            if !isOpen { row.closed = Int32(min(today, day + 5 + random.below(80))) }
            if random.chance(850) {
                row.client = Int32(random.below(firm.clients.count))
                let contacts = firm.clients[Int(row.client)].contacts
                if contacts.count > 0 { row.contact = firm.contactLinks[Int(contacts.start)].contact }
            }
            if random.chance(900) { row.owner = Int16(random.below(firm.staff.count)) }
            makeTrail(of: &row)
            firm.leads.append(row)
        }
        for index in firm.quotes.indices where random.chance(150) {
            firm.quotes[index].lead = Int32(random.below(firm.leads.count))
        }
    }

    private mutating func makeTrail(of row: inout LeadRow) {
        let start = firm.activities.count
        for _ in 0..<random.below(4) {
            let day = Int(row.date) + random.below(30)
            firm.activities.append(
                Activity(
                    day: Int32(day), subject: Int16(random.below(SampleText.subjects.count)), isCompleted: day < today,
                    responsible: Int16(random.below(firm.staff.count))))
        }
        row.activities = Span(from: start, in: firm.activities)
        let history = firm.history.count
        for position in 0...random.below(4) {
            firm.history.append(
                HistoryItem(
                    day: Int32(min(today, Int(row.date) + position * 4)), second: Int32(30_000 + random.below(30_000)),
                    staff: Int16(random.below(firm.staff.count)),
                    type: Int16(position == 0 ? 0 : random.below(SampleText.historyTypes.count)),
                    detail: Int16(position == 0 ? 0 : random.below(SampleText.historyDetails.count))))
        }
        row.history = Span(from: history, in: firm.history)
    }
}
