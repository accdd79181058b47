extension SampleBuilder {
    /// Quotes for most jobs (some revised), others that led nowhere, and a few drafts; ascending by date.
    mutating func makeQuotes() {
        let internals = sample.jobs.prefix { $0.category == Int16(sample.categories.count - 1) }.count
        for job in sample.jobs.indices.dropFirst(internals) where random.chance(700) { makeQuotes(for: job) }
        for _ in 0..<scaled(400) {
            let state: QuoteRow.State = random.chance(450) ? .issued : random.chance(600) ? .declined : .archived
            let date = state == .issued ? max(firstDay, today - random.below(240)) : random.within(firstDay...today)
            var row = quoteRow(date: date, client: Int32(random.below(sample.clients.count)), state: state)
            addLines(to: &row)
        }
        for _ in 0..<scaled(15) {
            var row = quoteRow(
                date: max(firstDay, today - random.below(25)), client: Int32(random.below(sample.clients.count)),
                state: .draft)
            addLines(to: &row)
        }
        let order = sample.quotes.indices.sorted {
            (sample.quotes[$0].date, sample.quotes[$0].number, sample.quotes[$0].revision)
                < (sample.quotes[$1].date, sample.quotes[$1].number, sample.quotes[$1].revision)
        }
        sample.quotes = order.map { sample.quotes[$0] }
        for (index, row) in sample.quotes.enumerated() where row.job >= 0 && row.state == .accepted {
            sample.jobs[Int(row.job)].quote = Int32(index)
        }
    }

    private mutating func makeQuotes(for job: Int) {
        let made = sample.jobs[job]
        let date = max(firstDay, Int(made.created) - 3 - random.below(40))
        let number = sample.quotes.count + 1
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
        if random.chance(30) { row.revision += 1 }
        addLines(to: &row)
    }

    private mutating func quoteRow(date: Int, client: Int32, state: QuoteRow.State) -> QuoteRow {
        var row = QuoteRow(
            number: Int32(sample.quotes.count + 1), revision: 0, isEstimate: random.chance(150), state: state,
            client: client, name: jobName(), date: Int32(date), valid: Int32(date + 30))
        if random.chance(700) { row.budget = Money(cents: (4 + random.below(300)) * 50_000) }
        return row
    }

    private mutating func addLines(to row: inout QuoteRow) {
        let tasks = sample.quoteTasks.count
        let catalogue = row.job >= 0 ? sample.jobs[Int(row.job)].tasks.indices.map { sample.jobTasks[$0] } : []
        for position in 0..<(catalogue.isEmpty ? 1 + random.below(6) : catalogue.count) {
            let name = catalogue.isEmpty ? Int16(random.below(22)) : catalogue[position].catalogue
            let minutes = catalogue.isEmpty ? (2 + random.below(60)) * 30 : Int(catalogue[position].estimated)
            let line = taskLine(name: name, minutes: minutes)
            row.estimatedCost += line.amount.percent(60, cents: true)
            sample.quoteTasks.append(line)
        }
        row.tasks = Span(from: tasks, in: sample.quoteTasks)
        let costs = sample.quoteCosts.count
        for _ in 0..<(random.chance(500) ? 0 : 1 + random.below(3)) { sample.quoteCosts.append(costLine()) }
        row.costs = Span(from: costs, in: sample.quoteCosts)
        let options = sample.quoteOptions.count
        for _ in 0..<(random.chance(850) ? 0 : 1 + random.below(2)) { sample.quoteOptions.append(costLine()) }
        row.options = Span(from: options, in: sample.quoteOptions)
        for line in sample.quoteTasks[row.tasks.indices] { row.add(line) }
        for line in sample.quoteCosts[row.costs.indices] {
            row.add(line)
            row.estimatedCost += line.unitCost.times(line.quantity)
        }
        row.estimatedTax = tax(row.estimatedCost)
        sample.quotes.append(row)
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
                supplier: Int16(random.below(sample.suppliers.count)), job: Int32(openJob(on: day)),
                text: random.chance(500) ? Int16(random.below(SampleText.lineNotes.count)) : -1)
            let start = sample.orderCosts.count
            for _ in 0..<(1 + random.below(5)) {
                var line = costLine()
                line.amount = line.unitCost.times(line.quantity)
                line.tax = tax(line.amount)
                sample.orderCosts.append(line)
                row.add(line)
            }
            row.costs = Span(from: start, in: sample.orderCosts)
            sample.orders.append(row)
        }
    }

    private mutating func openJob(on day: Int) -> Int {
        for _ in 0..<20 {
            let job = random.below(sample.jobs.count)
            if Int(sample.jobs[job].start) <= day, Int(sample.jobs[job].due) >= day { return job }
        }
        return random.below(sample.jobs.count)
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
                category: Int16(random.below(sample.leadCategories.count)))
            if !isOpen { row.closed = Int32(min(today, day + 5 + random.below(80))) }
            if random.chance(850) {
                row.client = Int32(random.below(sample.clients.count))
                let contacts = sample.clients[Int(row.client)].contacts
                if contacts.count > 0 { row.contact = sample.contactLinks[Int(contacts.start)].contact }
            }
            if random.chance(900) { row.owner = Int16(random.below(sample.staff.count)) }
            makeTrail(of: &row)
            sample.leads.append(row)
        }
        for index in sample.quotes.indices where random.chance(150) {
            sample.quotes[index].lead = Int32(random.below(sample.leads.count))
        }
    }

    private mutating func makeTrail(of row: inout LeadRow) {
        let start = sample.activities.count
        for _ in 0..<random.below(4) {
            let day = Int(row.date) + random.below(30)
            sample.activities.append(
                Activity(
                    day: Int32(day), subject: Int16(random.below(SampleText.subjects.count)), isCompleted: day < today,
                    responsible: Int16(random.below(sample.staff.count))))
        }
        row.activities = Span(from: start, in: sample.activities)
        let history = sample.history.count
        for position in 0...random.below(4) {
            sample.history.append(
                HistoryItem(
                    day: Int32(min(today, Int(row.date) + position * 4)), second: Int32(30_000 + random.below(30_000)),
                    staff: Int16(random.below(sample.staff.count)),
                    type: Int16(position == 0 ? 0 : random.below(SampleText.historyTypes.count)),
                    detail: Int16(position == 0 ? 0 : random.below(SampleText.historyDetails.count))))
        }
        row.history = Span(from: history, in: sample.history)
    }
}
