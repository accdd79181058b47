extension Renderer {
    /// A time entry (reference 5.2).
    func time(_ w: inout XMLWriter, _ index: Int) {
        let row = sample.times[index]
        w.openRow("Time", edit: edits.edit(.time, index))
        w.id("UUID", sample.id(.time, index))
        jobAndTask(&w, row, index)
        if row.staff >= 0 {
            staff(&w, "Staff", row.staff)
        } else {
            reference(&w, "Staff", .unknown, index, "Somebody Former")
        }
        w.date("Date", row.day)
        w.integer("Minutes", Int(row.minutes))
        timeNote(&w, row.note)
        w.bool("Billable", row.isBillable)
        if row.start >= 0 {
            w.minuteOfDay("Start", Int(row.start))
            w.minuteOfDay("End", Int(row.start) + Int(row.minutes))
        }
        switch row.invoiceTask {
        case -1: break
        case -2: w.empty("InvoiceTaskUUID")
        case -3: w.id("InvoiceTaskUUID", sample.id(.unknown, index))
        default: w.id("InvoiceTaskUUID", sample.id(.invoiceTask, Int(row.invoiceTask)))
        }
        w.close("Time")
    }

    /// The job and the task of an entry; either may be gone.
    private func jobAndTask(_ w: inout XMLWriter, _ row: TimeRow, _ index: Int) {
        w.open("Job")
        if row.job >= 0 {
            number(&w, "ID", .job, Int(row.job))
            w.text("Name", sample.jobs[Int(row.job)].name)
        } else {
            w.number("ID", "J", 900_000 + index % 90_000, digits: 6)
            w.plain("Name", "Deleted job")
        }
        w.close("Job")
        w.open("Task")
        if row.task >= 0 {
            w.id("UUID", sample.id(.jobTask, Int(row.task)))
            w.text("Name", sample.tasks[Int(sample.jobTasks[Int(row.task)].catalogue)].name)
        } else {
            w.id("UUID", sample.id(.unknown, index))
            w.plain("Name", "Removed task")
        }
        w.close("Task")
    }

    private func timeNote(_ w: inout XMLWriter, _ note: Int16) {
        if note == 0 {
            w.empty("Note")
        } else if note > 0 {
            w.text("Note", sample.timeNotes[Int(note) - 1])
        } else {
            w.text("Note", sample.nastyTexts[Int(-note) - 1])
        }
    }
}
