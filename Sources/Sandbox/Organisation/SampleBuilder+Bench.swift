extension SampleBuilder {
    /// Jobs, time entries and invoices in equal numbers for each month, without anything odd.
    mutating func makeBench(_ shape: BenchShape) {
        sample.timeNotes = SampleText.timeNotes
        for index in 0..<shape.jobs { makeBenchJob(index, of: shape) }
        for index in 0..<shape.invoices { makeBenchInvoice(index, of: shape) }
        sample.times.reserveCapacity(shape.timeEntries)
        for index in 0..<shape.timeEntries {
            let day = benchDay(index, of: shape.timeEntries, months: shape.months)
            let job = min(shape.jobs - 1, index * shape.jobs / shape.timeEntries)
            let task = Int(sample.jobs[job].tasks.start) + random.below(5)
            let minutes = 15 * (1 + random.below(16))
            var row = TimeRow(
                day: Int32(day), job: Int32(job), task: Int32(task), staff: Int16(random.below(sample.staff.count)),
                minutes: Int16(minutes))
            row.start = random.chance(250) ? Int16(480 + random.below(24) * 15) : -1
            if random.chance(420) { row.note = Int16(1 + random.below(sample.timeNotes.count)) }
            if random.chance(500) { row.invoiceTask = Int32(index * sample.invoiceTasks.count / shape.timeEntries) }
            sample.jobTasks[task].actual += Int32(minutes)
            sample.times.append(row)
        }
        random.reorder(&sample.times)
    }

    private mutating func benchDay(_ index: Int, of count: Int, months: Int) -> Int {
        let month = sample.firstDay.startOfMonth(adding: index * months / count)
        let last = min(today, month.endOfMonth.number)
        return random.within(month.number...last)
    }

    private mutating func makeBenchJob(_ index: Int, of shape: BenchShape) {
        let day = benchDay(index, of: shape.jobs, months: shape.months)
        var row = JobRow(
            number: Int32(index + 1), name: jobName(), client: Int32(random.below(sample.clients.count)),
            category: Int16(random.below(sample.categories.count)), state: Int16(random.below(sample.states.count)),
            start: Int32(day), due: Int32(day + 60), created: Int32(day))
        if row.state >= 6 { row.completed = Int32(min(today, day + 50)) }
        row.budget = Money(cents: (10 + random.below(900)) * 25_000)
        row.manager = Int16(random.below(sample.staff.count))
        let staff = sample.jobStaff.count
        sample.jobStaff.append(contentsOf: [Int16(index % sample.staff.count), Int16((index + 7) % sample.staff.count)])
        row.staff = Span(from: staff, in: sample.jobStaff)
        let tasks = sample.jobTasks.count
        for position in 0..<5 {
            var task = JobTask(
                job: Int32(index), catalogue: Int16((index + position) % sample.tasks.count),
                estimated: Int32((2 + random.below(80)) * 30))
            let assigned = sample.taskStaff.count
            sample.taskStaff.append(
                Assignee(staff: sample.jobStaff[staff + position % 2], allocated: task.estimated / 2))
            task.staff = Span(from: assigned, in: sample.taskStaff)
            sample.jobTasks.append(task)
        }
        row.tasks = Span(from: tasks, in: sample.jobTasks)
        sample.jobs.append(row)
    }

    private mutating func makeBenchInvoice(_ index: Int, of shape: BenchShape) {
        let date = benchDay(index, of: shape.invoices, months: shape.months)
        let job = min(shape.jobs - 1, index * shape.jobs / shape.invoices)
        let start = sample.invoiceTasks.count
        for _ in 0..<2 {
            sample.invoiceTasks.append(taskLine(name: Int16(random.below(22)), minutes: 15 * (4 + random.below(60))))
        }
        let costs = sample.invoiceCosts.count
        sample.invoiceCosts.append(costLine())
        let part = InvoiceJob(
            job: Int32(job), tasks: Span(from: start, in: sample.invoiceTasks),
            costs: Span(from: costs, in: sample.invoiceCosts))
        var row = InvoiceRow(
            number: Int32(index + 1), type: 0, status: .approved, date: Int32(date), due: Int32(date + 20),
            client: sample.jobs[job].client)
        let invoiceJobs = sample.invoiceJobs.count
        sample.invoiceJobs.append(part)
        row.jobs = Span(from: invoiceJobs, in: sample.invoiceJobs)
        for line in sample.invoiceTasks[part.tasks.indices] { row.add(line) }
        for line in sample.invoiceCosts[part.costs.indices] { row.add(line) }
        row.outstanding = row.amount + row.tax
        if date < today - 40 {
            (row.status, row.paid, row.outstanding) = (.paid, row.amount + row.tax, .zero)
        }
        sample.invoices.append(row)
    }
}
