extension Renderer {
    /// A job (reference 5.1); the collections only when detailed.
    func job(_ w: inout XMLWriter, _ index: Int, detailed: Bool) {
        let row = sample.jobs[index]
        w.openRow("Job", edit: edits.edit(.job, index))
        number(&w, "ID", .job, index)
        w.id("UUID", sample.id(.job, index))
        w.text("Name", row.name)
        w.text("Description", SampleText.descriptions[index % SampleText.descriptions.count])
        client(&w, "Client", row.client)
        if row.order >= 0 {
            w.number("ClientOrderNumber", "00", Int(row.order), digits: 4)
        } else {
            w.empty("ClientOrderNumber")
        }
        if let budget = row.budget { w.money("Budget", budget) }
        w.text("State", sample.states[Int(row.state)])
        if index % 40 != 39 { w.text("Type", sample.categories[Int(row.category)]) }
        w.date("StartDate", row.start)
        w.date("DueDate", row.due)
        if row.completed >= 0 { w.date("CompletedDate", row.completed) }
        contact(&w, row.contact)
        staff(&w, "Manager", row.manager)
        staff(&w, "Partner", row.partner)
        assigned(&w, row.staff)
        if row.quote >= 0 {
            number(&w, "ApprovedQuoteId", .quote, Int(row.quote))
            w.id("ApprovedQuoteUUID", sample.id(.quote, Int(row.quote)))
        }
        w.instant("DateCreatedUtc", row.created, second: Int32(index &* 7919 % 86_400), zone: true)
        if row.modified >= 0 {
            w.instant("DateModifiedUtc", row.modified, second: Int32(index &* 6271 % 86_400), zone: true)
        }
        if detailed { collections(&w, row) }
        link(&w, "https://app.example.invalid/jobs/", Int(row.number))
        w.close("Job")
    }

    /// Writes a job with some of its tasks, as `job.api/tasks` has it.
    func jobTasks(_ w: inout XMLWriter, _ index: Int, where isWanted: (Int) -> Bool) {
        let row = sample.jobs[index]
        w.openRow("Job", edit: edits.edit(.job, index))
        number(&w, "ID", .job, index)
        w.id("UUID", sample.id(.job, index))
        w.text("Name", row.name)
        client(&w, "Client", row.client)
        w.open("Tasks")
        for task in row.tasks.indices where isWanted(task) { jobTask(&w, task) }
        w.close("Tasks")
        w.close("Job")
    }

    /// Writes a document of a job or a client, of which the platform gives the file's address and not the file.
    func document(_ w: inout XMLWriter, _ number: Int, of kind: RowKind, _ index: Int) {
        let titles = ["Brief", "Signed agreement"]
        w.open("Document")
        w.text("Title", titles[number % titles.count])
        w.empty("Text")
        w.text("Folder", "Correspondence")
        w.date("Date", Int32(sample.firstDay.number + index % 365))
        w.text("CreatedBy", sample.staff[index % sample.staff.count].name)
        w.text("FileName", "file-\(index)-\(number).pdf")
        w.text("URL", "https://app.example.invalid/documents/\(index)-\(number)")
        w.close("Document")
    }

    private func assigned(_ w: inout XMLWriter, _ span: Span) {
        guard span.count > 0 else { return w.emptyContainer("Assigned") }
        w.open("Assigned")
        for member in span.indices { staff(&w, "Staff", sample.jobStaff[member]) }
        w.close("Assigned")
    }

    private func collections(_ w: inout XMLWriter, _ row: JobRow) {
        w.open("Tasks")
        for task in row.tasks.indices { jobTask(&w, task) }
        w.close("Tasks")
        if row.milestones.count > 0 {
            w.open("Milestones")
            for milestone in row.milestones.indices { self.milestone(&w, milestone) }
            w.close("Milestones")
        } else {
            w.emptyContainer("Milestones")
        }
        if row.notes.count > 0 {
            w.open("Notes")
            for note in row.notes.indices { self.note(&w, note) }
            w.close("Notes")
        } else {
            w.emptyContainer("Notes")
        }
    }

    /// A task on a job.
    func jobTask(_ w: inout XMLWriter, _ index: Int) {
        let row = sample.jobTasks[index]
        let catalogue = Int(row.catalogue)
        w.open("Task")
        w.id("UUID", sample.id(.jobTask, index))
        w.text(
            "Name",
            row.isLabelled ? "\(sample.tasks[catalogue].name) – stage \(index % 4 + 1)" : sample.tasks[catalogue].name)
        w.id("TaskUUID", sample.id(.task, catalogue))
        w.integer("EstimatedMinutes", Int(row.estimated))
        w.integer("ActualMinutes", Int(row.actual))
        w.text("Description", index % 9 == 0 ? "Hold & check at 50 %." : "")
        w.bool("Completed", row.isCompleted)
        w.bool("Billable", row.isBillable)
        w.text("Folder", row.folder >= 0 ? SampleText.folders[Int(row.folder)] : "")
        if row.start >= 0 {
            w.date("StartDate", row.start)
            w.date("DueDate", row.due)
        }
        if row.staff.count > 0 {
            w.open("Assigned")
            for assignee in row.staff.indices { self.assignee(&w, sample.taskStaff[assignee]) }
            w.close("Assigned")
        } else if index % 3 == 0 {
            w.emptyContainer("Assigned")
        }
        w.close("Task")
    }

    private func assignee(_ w: inout XMLWriter, _ row: Assignee) {
        w.open("Staff")
        w.id("UUID", sample.id(.staff, Int(row.staff)))
        w.text("Name", sample.staff[Int(row.staff)].name)
        if row.allocated >= 0 { w.integer("AllocatedMinutes", Int(row.allocated)) }
        w.close("Staff")
    }

    private func milestone(_ w: inout XMLWriter, _ index: Int) {
        let row = sample.milestones[index]
        w.open("Milestone")
        w.id("UUID", sample.id(.milestone, index))
        w.date("Date", row.day)
        w.text("Description", SampleText.milestones[Int(row.text)])
        w.bool("Completed", row.isCompleted)
        w.text("Folder", row.folder >= 0 ? SampleText.folders[Int(row.folder)] : "")
        w.close("Milestone")
    }

    private func note(_ w: inout XMLWriter, _ index: Int) {
        let row = sample.notes[index]
        w.open("Note")
        w.id("UUID", sample.id(.note, index))
        w.text("Title", SampleText.noteTitles[Int(row.title)])
        if illegalCharacters, index % 331 == 5, row.text >= 0 {
            w.textWithControl("Text", SampleText.noteTexts[Int(row.text)])
        } else {
            note(&w, "Text", SampleText.noteTexts, row.text)
        }
        w.text("Folder", row.folder >= 0 ? "Correspondence" : "")
        w.instant("Date", row.day, second: row.second)
        w.text("CreatedBy", sample.staff[Int(row.staff)].name)
        if row.comments.count > 0 {
            w.open("Comments")
            for comment in row.comments.indices { self.comment(&w, comment) }
            w.close("Comments")
        } else {
            w.emptyContainer("Comments")
        }
        w.close("Note")
    }

    private func comment(_ w: inout XMLWriter, _ index: Int) {
        let row = sample.comments[index]
        w.open("Comment")
        w.id("UUID", sample.id(.comment, index))
        w.text("Text", SampleText.commentTexts[Int(row.text)])
        w.instant("Date", row.day, second: row.second)
        w.text("CreatedBy", sample.staff[Int(row.staff)].name)
        w.close("Comment")
    }

    /// A cost booked on a job, as `job.api/costs` answers it.
    func jobCost(_ w: inout XMLWriter, _ index: Int) {
        let row = sample.jobCosts[index]
        w.openRow("Cost", edit: edits.edit(.jobCost, index))
        w.id("UUID", sample.id(.jobCost, index))
        w.date("Date", row.day)
        w.text("Description", sample.costs[Int(row.item)].description)
        w.text("Code", sample.costs[Int(row.item)].code)
        stock(&w, "Note", SampleText.lineNotes, row.note)
        w.money("Quantity", row.quantity)
        w.money("UnitCost", row.unitCost)
        w.money("UnitPrice", row.unitPrice)
        w.bool("Billable", row.isBillable)
        supplier(&w, row.supplier)
        w.close("Cost")
    }
}
