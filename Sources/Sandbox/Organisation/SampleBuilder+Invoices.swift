extension SampleBuilder {
    /// Progress and final invoices from the time booked, a few others, and credit notes; ascending by date.
    mutating func makeInvoices() {
        var entries: [[Int32]] = Array(repeating: [], count: sample.jobs.count)
        for (index, row) in sample.times.enumerated() where row.isBillable {
            entries[Int(row.job)].append(Int32(index))
        }
        for job in sample.jobs.indices where !entries[job].isEmpty {
            invoice(
                job: job,
                entries: entries[job].sorted { (sample.times[Int($0)].day, $0) < (sample.times[Int($1)].day, $1) }
            )
        }
        for _ in 0..<scaled(150) { makeMiscellaneous() }
        for _ in 0..<scaled(40) { makeCombined() }
        sample.invoices.sort { ($0.date, $0.number) < ($1.date, $1.number) }
        makeCredits(scaled(60))
        sample.invoices.sort { ($0.date, $0.number) < ($1.date, $1.number) }
        var (invoice, credit) = (0, 0)
        for index in sample.invoices.indices {
            if sample.invoices[index].isCredit { credit += 1 } else { invoice += 1 }
            sample.invoices[index].number = Int32(sample.invoices[index].isCredit ? credit : invoice)
        }
        for index in stride(from: 50, to: sample.invoices.count - 25, by: 211) where !sample.invoices[index].isCredit {
            guard !sample.invoices[index + 20].isCredit else { continue }
            let number = sample.invoices[index].number
            sample.invoices[index].number = sample.invoices[index + 20].number
            sample.invoices[index + 20].number = number
        }
    }

    private mutating func invoice(job: Int, entries: [Int32]) {
        var waiting: [Int32] = []
        var (from, position) = (Int(sample.jobs[job].start), 0)
        while position < entries.count {
            let end = LocalDay(Int(sample.times[Int(entries[position])].day)).endOfMonth.number
            while position < entries.count, Int(sample.times[Int(entries[position])].day) <= end {
                waiting.append(entries[position])
                position += 1
            }
            let completed = Int(sample.jobs[job].completed)
            let isLast = position == entries.count && completed >= 0
            guard end <= today + 10, isLast || (waiting.count > 4 && random.chance(800)) else { continue }
            let date = min(isLast ? max(end, completed) : end, today + 10)
            bill(job: job, entries: waiting, period: from...max(from, end), date: date, isFinal: isLast)
            waiting = []
            from = end + 1
        }
    }

    private mutating func bill(job: Int, entries: [Int32], period: ClosedRange<Int>, date: Int, isFinal: Bool) {
        var row = invoiceRow(date: date, client: sample.jobs[job].client)
        row.type = isFinal ? 1 : 0
        row.contact = random.chance(500) ? sample.jobs[job].contact : -1
        var part = InvoiceJob(job: Int32(job))
        let start = sample.invoiceTasks.count
        var lines: [(line: Int32, entries: [Int32])] = []
        for task in sample.jobs[job].tasks.indices {
            let mine = entries.filter { Int(sample.times[Int($0)].task) == task }
            guard !mine.isEmpty else { continue }
            lines.append((Int32(sample.invoiceTasks.count), mine))
            let minutes = mine.reduce(0) { $0 + Int(sample.times[Int($1)].minutes) }
            sample.invoiceTasks.append(taskLine(name: sample.jobTasks[task].catalogue, minutes: minutes))
        }
        part.tasks = Span(from: start, in: sample.invoiceTasks)
        let costs = sample.invoiceCosts.count
        for cost in sample.jobs[job].costs.indices where period.contains(Int(sample.jobCosts[cost].day)) {
            sample.invoiceCosts.append(sample.jobCosts[cost].invoiced)
        }
        part.costs = Span(from: costs, in: sample.invoiceCosts)
        add(&row, jobs: [part])
        // A draft has not taken its time yet, and a cancelled invoice has given it back.
        guard row.status == .approved || row.status == .paid else { return }
        for (line, entries) in lines {
            for entry in entries { sample.times[Int(entry)].invoiceTask = line }
        }
    }

    /// A line of work at some hourly rate; two in 441 have no rate.
    mutating func taskLine(name: Int16, minutes: Int) -> TaskLine {
        let rate = Money(cents: (18 + random.below(20)) * 500)
        let amount = rate.forMinutes(minutes)
        return TaskLine(
            name: name, note: random.chance(120) ? Int16(random.below(SampleText.lineNotes.count)) : -1,
            minutes: Int32(minutes), rate: random.chance(5) ? nil : rate, amount: amount, tax: tax(amount))
    }

    mutating func invoiceRow(date: Int, client: Int32) -> InvoiceRow {
        InvoiceRow(
            number: Int32(sample.invoices.count), type: 0, status: .approved, date: Int32(date), due: Int32(date + 20),
            client: client, text: random.chance(300) ? Int16(random.below(SampleText.lineNotes.count)) : -1)
    }

    /// Adds up an invoice from its lines, decides what was paid, and keeps it.
    mutating func add(_ row: inout InvoiceRow, jobs: [InvoiceJob]) {
        let start = sample.invoiceJobs.count
        sample.invoiceJobs.append(contentsOf: jobs)
        row.jobs = Span(from: start, in: sample.invoiceJobs)
        for part in jobs + [InvoiceJob(job: -1, tasks: row.tasks, costs: row.costs)] {
            for line in sample.invoiceTasks[part.tasks.indices] { row.add(line) }
            for line in sample.invoiceCosts[part.costs.indices] { row.add(line) }
        }
        settle(&row)
        sample.invoices.append(row)
    }

    private mutating func settle(_ row: inout InvoiceRow) {
        let age = today - Int(row.date)
        let total = row.amount + row.tax
        let roll = random.below(1000)
        if age < 20, roll < 400 || age < 0 {
            row.status = .draft
            row.outstanding = total
        } else if roll < 15 {
            row.status = .cancelled
        } else if row.isCredit {
            row.outstanding = random.chance(500) ? total : .zero
        } else if roll < (age > 60 ? 930 : 350) {
            row.status = .paid
            row.paid = total
        } else if roll < (age > 60 ? 945 : 360) {
            row.paid = total
        } else {
            if random.chance(300) { row.paid = total.percent(40, cents: true) }
            row.outstanding = total - row.paid
        }
    }

    private mutating func makeMiscellaneous() {
        var row = invoiceRow(date: random.within(firstDay...today), client: Int32(random.below(sample.clients.count)))
        row.type = 2
        let tasks = sample.invoiceTasks.count
        for _ in 0..<random.below(3) {
            sample.invoiceTasks.append(taskLine(name: Int16(random.below(22)), minutes: 30 * (1 + random.below(40))))
        }
        row.tasks = Span(from: tasks, in: sample.invoiceTasks)
        let costs = sample.invoiceCosts.count
        for _ in 0...random.below(3) { sample.invoiceCosts.append(costLine().invoiced) }
        row.costs = Span(from: costs, in: sample.invoiceCosts)
        if random.chance(400) {
            // It has no line, and amounts to nothing.
            (row.tasks, row.costs) = (Span(), Span())
        }
        add(&row, jobs: [])
    }

    private mutating func makeCombined() {
        let first = random.below(sample.jobs.count)
        let client = sample.jobs[first].client
        guard let second = sample.jobs.indices.first(where: { $0 != first && sample.jobs[$0].client == client }) else {
            return
        }
        let newest = max(sample.jobs[first].start, sample.jobs[second].start)
        var row = invoiceRow(date: min(today, Int(newest) + 30), client: client)
        let parts = [first, second].map { job in
            let (tasks, costs) = (sample.invoiceTasks.count, sample.invoiceCosts.count)
            for _ in 0...random.below(2) {
                sample.invoiceTasks.append(
                    taskLine(name: Int16(random.below(22)), minutes: 30 * (1 + random.below(40))))
            }
            for _ in 0...random.below(2) { sample.invoiceCosts.append(costLine().invoiced) }
            return InvoiceJob(
                job: Int32(job), tasks: Span(from: tasks, in: sample.invoiceTasks),
                costs: Span(from: costs, in: sample.invoiceCosts))
        }
        add(&row, jobs: parts)
    }

    private mutating func makeCredits(_ count: Int) {
        for _ in 0..<count {
            let credited = sample.invoices[random.below(sample.invoices.count)]
            guard !credited.isCredit, credited.status != .draft else { continue }
            let day = min(today, Int(credited.date) + random.below(45))
            var row = invoiceRow(date: day, client: credited.client)
            row.isCredit = true
            row.type = credited.type
            let start = sample.invoiceCosts.count
            var line = costLine()
            line.unitCost = -line.unitCost
            line.unitPrice = -line.unitPrice
            line.amount = -line.amount
            line.tax = -line.tax
            sample.invoiceCosts.append(line)
            let costs = Span(from: start, in: sample.invoiceCosts)
            if let part = sample.invoiceJobs[credited.jobs.indices].first {
                add(&row, jobs: [InvoiceJob(job: part.job, costs: costs)])
            } else {
                row.costs = costs
                add(&row, jobs: [])
            }
        }
    }
}
