extension SampleBuilder {
    /// Jobs in order of creation; the first of each year is the internal one everybody may book on.
    mutating func makeJobs() {
        let count = scaled(1500)
        var days = (0..<count).map { _ in firstDay + random.below(today - firstDay + 1) }
        days.sort()
        var internalFrom = firstDay
        while internalFrom <= today {
            makeInternalJob(from: internalFrom)
            internalFrom += 365
        }
        for day in days { makeJob(created: day) }
    }

    private mutating func makeInternalJob(from day: Int) {
        var row = JobRow(
            number: Int32(sample.jobs.count + 1), name: "Internal \(LocalDay(day).civil.year)", client: 0,
            category: Int16(sample.categories.count - 1), state: 1, start: Int32(day), due: Int32(day + 364),
            created: Int32(day))
        if day + 364 < today {
            row.state = 6
            row.completed = Int32(day + 364)
            row.modified = row.completed
        }
        row.isBillable = false
        let start = sample.jobStaff.count
        sample.jobStaff.append(contentsOf: sample.staff.indices.map { Int16($0) })
        row.staff = Span(from: start, in: sample.jobStaff)
        let tasks = sample.jobTasks.count
        for catalogue in [22, 23, 24] {
            sample.jobTasks.append(
                JobTask(
                    job: Int32(sample.jobs.count), catalogue: Int16(catalogue), estimated: 12_000, isBillable: false))
        }
        row.tasks = Span(from: tasks, in: sample.jobTasks)
        sample.jobs.append(row)
    }

    private mutating func makeJob(created: Int) {
        let length = 20 + random.below(90) + random.below(90)
        let start = created + random.below(20)
        let client = random.below(sample.clients.count)
        var row = JobRow(
            number: Int32(sample.jobs.count + 1), name: jobName(), client: Int32(client),
            category: Int16(random.below(sample.categories.count - 1)), state: 0, start: Int32(start),
            due: Int32(start + length), created: Int32(created))
        setState(of: &row, end: start + length + random.below(30) - 10)
        setPeople(of: &row)
        if !random.chance(25) { row.budget = Money(cents: (10 + random.below(900)) * 25_000) }
        row.order = random.chance(100) ? Int16(random.below(9000)) : -1
        row.isBillable = !random.chance(40)
        makeTasks(of: &row)
        makeMilestones(of: &row)
        makeNotes(of: &row)
        makeCosts(of: &row)
        sample.jobs.append(row)
    }

    mutating func jobName() -> String {
        "\(random.pick(SampleText.clientStems)) \(random.pick(SampleText.jobObjects)) "
            + "\(random.pick(SampleText.jobWorks))"
    }

    private mutating func setState(of row: inout JobRow, end: Int) {
        if end < today {
            row.state = random.chance(40) ? 7 : random.chance(60) ? 5 : 6
            if row.state != 5 { row.completed = Int32(end) }
            row.modified = Int32(min(today, end + random.below(20)))
        } else {
            row.state = Int16(Int(row.start) > today ? 0 : 1 + random.below(4))
            row.modified = random.chance(800) ? Int32(random.within(Int(row.created)...today)) : -1
        }
    }

    private mutating func setPeople(of row: inout JobRow) {
        let contacts = sample.clients[Int(row.client)].contacts
        if contacts.count > 0, random.chance(800) {
            row.contact = sample.contactLinks[Int(contacts.start) + random.below(Int(contacts.count))].contact
        }
        if random.chance(950) { row.manager = Int16(random.below(sample.staff.count)) }
        if random.chance(600) { row.partner = Int16(random.below(sample.staff.count)) }
        let start = sample.jobStaff.count
        var seen: Set<Int16> = []
        for _ in 0..<(random.chance(30) ? 0 : 1 + random.below(4)) {
            let member = Int16(random.below(sample.staff.count))
            if seen.insert(member).inserted { sample.jobStaff.append(member) }
        }
        row.staff = Span(from: start, in: sample.jobStaff)
    }

    private mutating func makeTasks(of row: inout JobRow) {
        let start = sample.jobTasks.count
        let count = 1 + random.below(4) + random.below(4) + random.below(4)
        let first = random.below(22)
        let hasFolders = random.chance(500)
        for position in 0..<count {
            var task = JobTask(
                job: Int32(sample.jobs.count), catalogue: Int16((first + position) % 22),
                estimated: Int32((2 + random.below(80)) * 30))
            if hasFolders { task.folder = Int16(position * SampleText.folders.count / count) }
            task.isBillable = row.isBillable && !random.chance(80)
            task.isLabelled = random.chance(150)
            task.isCompleted = row.completed >= 0 || random.chance(250)
            if random.chance(400) {
                task.start = row.start + Int32(position * 5)
                task.due = task.start + Int32(3 + random.below(30))
            }
            let assigned = sample.taskStaff.count
            for index in row.staff.indices where random.chance(500) {
                let allocated = random.chance(700) ? task.estimated / row.staff.count : -1
                sample.taskStaff.append(Assignee(staff: sample.jobStaff[index], allocated: allocated))
            }
            task.staff = Span(from: assigned, in: sample.taskStaff)
            sample.jobTasks.append(task)
        }
        row.tasks = Span(from: start, in: sample.jobTasks)
    }

    private mutating func makeMilestones(of row: inout JobRow) {
        let start = sample.milestones.count
        for position in 0..<(random.chance(500) ? 0 : 1 + random.below(3)) {
            let day = row.start + Int32((position + 1) * Int(row.due - row.start) / 4)
            sample.milestones.append(
                Milestone(
                    day: day, text: Int16(random.below(SampleText.milestones.count)),
                    folder: Int16(random.chance(300) ? random.below(SampleText.folders.count) : -1),
                    isCompleted: Int(day) < today))
        }
        row.milestones = Span(from: start, in: sample.milestones)
    }

    private mutating func makeNotes(of row: inout JobRow) {
        let start = sample.notes.count
        for _ in 0..<(random.chance(400) ? 0 : 1 + random.below(3)) {
            let day = min(today, Int(row.start) + random.below(60))
            var note = NoteRow(
                day: Int32(day), second: Int32(28_800 + random.below(32_400)),
                staff: Int16(random.below(sample.staff.count)), title: Int16(random.below(SampleText.noteTitles.count)),
                text: Int16(random.below(SampleText.noteTexts.count)), folder: random.chance(200) ? 0 : -1)
            let comments = sample.comments.count
            for _ in 0..<(random.chance(700) ? 0 : 1 + random.below(2)) {
                sample.comments.append(
                    CommentRow(
                        day: Int32(min(today, day + random.below(5))), second: Int32(28_800 + random.below(32_400)),
                        staff: Int16(random.below(sample.staff.count)),
                        text: Int16(random.below(SampleText.commentTexts.count))))
            }
            note.comments = Span(from: comments, in: sample.comments)
            sample.notes.append(note)
        }
        row.notes = Span(from: start, in: sample.notes)
    }

    private mutating func makeCosts(of row: inout JobRow) {
        let start = sample.jobCosts.count
        for _ in 0..<(random.chance(600) ? 0 : 1 + random.below(5)) {
            var line = costLine()
            line.day = Int32(min(today, Int(row.start) + random.below(max(1, Int(row.due - row.start)))))
            line.isBillable = row.isBillable && !random.chance(200)
            sample.jobCosts.append(line)
        }
        row.costs = Span(from: start, in: sample.jobCosts)
    }

    /// A line of the price list in some quantity, with amount and tax.
    mutating func costLine() -> CostLine {
        let item = random.below(sample.costs.count)
        let quantity =
            random.chance(800) ? Money(cents: (1 + random.below(12)) * 100) : Money(cents: 25 + random.below(900))
        let price = sample.costs[item].unitPrice
        let amount = price.times(quantity)
        return CostLine(
            item: Int16(item), note: random.chance(200) ? Int16(random.below(SampleText.lineNotes.count)) : -1,
            supplier: sample.costs[item].supplier, quantity: quantity, unitCost: sample.costs[item].unitCost,
            unitPrice: price, amount: amount, tax: tax(amount))
    }
}
