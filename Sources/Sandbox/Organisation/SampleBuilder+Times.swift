extension SampleBuilder {
    /// Six to nine hours for everybody at work on each weekday, on the jobs they are assigned to.
    mutating func makeTimes() {
        sample.timeNotes = SampleText.timeNotes
        sample.times.reserveCapacity(scaled(64_000))
        var jobsOf: [[Int32]] = Array(repeating: [], count: sample.staff.count)
        for (index, job) in sample.jobs.enumerated() {
            for member in job.staff.indices { jobsOf[Int(sample.jobStaff[member])].append(Int32(index)) }
        }
        for member in sample.staff.indices {
            let mine = jobsOf[member].sorted { (sample.jobs[Int($0)].start, $0) < (sample.jobs[Int($1)].start, $1) }
            makeTimes(of: member, jobs: mine)
        }
    }

    private mutating func makeTimes(of member: Int, jobs: [Int32]) {
        let person = sample.staff[member]
        var upcoming = jobs[...]
        var active: [Int32] = []
        for day in max(firstDay, Int(person.hired))...max(firstDay, min(today, Int(person.left))) {
            while let next = upcoming.first, Int(sample.jobs[Int(next)].start) <= day {
                active.append(next)
                upcoming = upcoming.dropFirst()
            }
            guard LocalDay(day).weekday < 5, !random.chance(100), (day + member) % worksOneDayIn == 0 else { continue }
            active.removeAll { index in
                let job = sample.jobs[Int(index)]
                return Int(job.completed >= 0 ? job.completed : job.due + 60) < day
            }
            guard !active.isEmpty else { continue }
            makeDay(day, of: member, jobs: active)
        }
    }

    private mutating func makeDay(_ day: Int, of member: Int, jobs: [Int32]) {
        let roll = random.below(100)
        let parts = roll < 12 ? 1 : roll < 40 ? 2 : roll < 72 ? 3 : 4
        var left = (24 + random.below(13)) * 15
        var clock = 480 + random.below(5) * 15
        let usesClock = member % 4 == 1
        for part in 0..<parts {
            let share = part == parts - 1 ? left : max(15, left / (parts - part) / 15 * 15 + (random.below(5) - 2) * 15)
            let minutes = max(15, min(left, share))
            let job = jobs[random.below(jobs.count)]
            let task = task(of: Int(job), for: Int16(member))
            var row = TimeRow(
                day: Int32(day), job: job, task: Int32(task), staff: Int16(member), minutes: Int16(minutes))
            row.start = usesClock ? Int16(clock) : -1
            row.isBillable = sample.jobTasks[task].isBillable
            if random.chance(420) { row.note = Int16(1 + random.below(sample.timeNotes.count)) }
            sample.times.append(row)
            clock += minutes
            left -= minutes
            if left < 15 { break }
        }
    }

    private mutating func task(of job: Int, for member: Int16) -> Int {
        let tasks = sample.jobs[job].tasks
        var chosen = Int(tasks.start)
        for _ in 0..<3 {
            chosen = Int(tasks.start) + random.below(Int(tasks.count))
            if sample.jobTasks[chosen].staff.indices.contains(where: { sample.taskStaff[$0].staff == member }) { break }
        }
        return chosen
    }

    /// Strange values in about one row of a hundred; then sums of minutes on the tasks, and rows out of order.
    mutating func makeOddities() {
        sample.nastyTexts = SampleText.nasty
        sample.nastyTexts.append(
            String(repeating: "A long note of many words & a few <tags>; naïve façade. ", count: 1700))
        if oddities {
            for index in sample.times.indices where random.chance(12) { makeOdd(time: index) }
            for index in sample.times.indices where sample.times[index].invoiceTask == -1 && random.chance(50) {
                sample.times[index].invoiceTask = -2
            }
            for index in sample.notes.indices where random.chance(15) {
                sample.notes[index].text = -Int16(1 + random.below(SampleText.nasty.count))
            }
            if !sample.notes.isEmpty {
                sample.notes[sample.notes.count / 2].text = -Int16(sample.nastyTexts.count)
            }
        }
        for row in sample.times where row.task >= 0 {
            sample.jobTasks[Int(row.task)].actual += Int32(row.minutes)
        }
        // The platform's own sum was taken at another hour: of 37 of 246 recorded tasks it is not the entries' sum.
        if oddities {
            for index in sample.jobTasks.indices where index % 7 == 3 && sample.jobTasks[index].actual > 60 {
                sample.jobTasks[index].actual -= 15
            }
        }
        random.reorder(&sample.times)
    }

    private mutating func makeOdd(time index: Int) {
        let roll = random.below(12)
        if roll >= 7 {
            sample.times[index].note = -Int16(1 + random.below(SampleText.nasty.count))
            return
        }
        guard sample.times[index].invoiceTask == -1 else {
            if roll < 2 { sample.times[index].invoiceTask = -3 }
            return
        }
        switch roll {
        case 0: sample.times[index].job = -1
        case 1: sample.times[index].staff = -1
        case 2: sample.times[index].task = -1
        case 3: sample.times[index].invoiceTask = -3
        case 4: sample.times[index].minutes = 0
        case 5: sample.times[index].minutes = -sample.times[index].minutes
        default: sample.times[index].minutes = 1440
        }
        if roll >= 4 { sample.times[index].start = -1 }
    }
}
