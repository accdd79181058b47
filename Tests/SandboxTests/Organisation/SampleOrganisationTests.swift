import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Testing

@testable import Sandbox

/// The organisation everybody sees first: seed 1 at full scale, on a fixed day.
private let usual: SampleOrganisation = {
    var configuration = SandboxConfiguration()
    configuration.today = LocalDay(year: 2026, month: 11, day: 21)
    return SampleBuilder.organisation(configuration, seed: 1)
}()

private actor Kept {
    var texts: [String] = []
    func keep(_ text: String) { texts.append(text) }
}

@Suite("The sample organisation")
struct SampleOrganisationTests {

    @Test("The usual organisation has the size it is said to have")
    func size() {
        #expect(usual.staff.count == 40)
        #expect(usual.clients.count == 400)
        #expect((1500...1510).contains(usual.jobs.count))
        #expect((55_000...65_000).contains(usual.times.count))
        #expect(usual.invoices.contains { $0.isCredit })
        #expect(usual.quotes.contains { $0.revision == 1 })
        #expect(usual.staff.contains { !$0.isListed })
    }

    @Test("The lines of every invoice add up to its header, and tax to the total")
    func invoicesAddUp() {
        var bare = 0
        for row in usual.invoices {
            let parts = usual.invoiceJobs[row.jobs.indices] + [InvoiceJob(job: -1, tasks: row.tasks, costs: row.costs)]
            let tasks = parts.flatMap { usual.invoiceTasks[$0.tasks.indices].map(\.amount.units) }
            let costs = parts.flatMap { usual.invoiceCosts[$0.costs.indices].map(\.amount.units) }
            if (tasks + costs).isEmpty { bare += 1 }
            #expect(row.amount.units == (tasks + costs).reduce(0, +))
            #expect(row.isCredit == (row.amount.units < 0))
            #expect(row.status == .cancelled || row.isCredit || row.paid + row.outstanding == row.amount + row.tax)
        }
        // Recorded: 9 of 575 invoices have no line.
        #expect((1...3).contains(bare * 100 / usual.invoices.count))
    }

    @Test(
        "As recorded: no time hangs on drafts and cancelled invoices, some invoices are for two jobs, amounts are typed over"
    )
    func recorded() {
        var status: [Int32: InvoiceRow.Status] = [:]
        var shared = 0
        for row in usual.invoices {
            let parts = usual.invoiceJobs[row.jobs.indices]
            for part in parts { for line in part.tasks.indices { status[Int32(line)] = row.status } }
            if parts.count > 1, parts.allSatisfy({ $0.tasks.count > 0 }) { shared += 1 }
        }
        let invoiced = usual.times.filter { $0.invoiceTask >= 0 }
        #expect(invoiced.count > 10_000)
        #expect(invoiced.allSatisfy { status[$0.invoiceTask] == .approved || status[$0.invoiceTask] == .paid })
        #expect(shared > 10)
        let billed = usual.invoiceCosts.filter(\.isBillable)
        let typed = billed.count { $0.amount != $0.unitPrice.times($0.quantity) }
        #expect((5...20).contains(typed * 100 / billed.count))
        #expect(usual.invoiceCosts.contains { !$0.isBillable })
        #expect(usual.invoiceCosts.allSatisfy { $0.isBillable || $0.amount == .zero })
    }

    @Test("The lines of every quote and order add up to its header")
    func documentsAddUp() {
        for row in usual.quotes {
            let tasks = usual.quoteTasks[row.tasks.indices].reduce(Int64(0)) { $0 + $1.amount.units }
            let costs = usual.quoteCosts[row.costs.indices].reduce(Int64(0)) { $0 + $1.amount.units }
            #expect(row.amount.units == tasks + costs)
        }
        for row in usual.orders {
            #expect(row.amount.units == usual.orderCosts[row.costs.indices].reduce(0) { $0 + $1.amount.units })
        }
    }

    @Test("Without oddities the minutes of an invoiced task are those of the entries that point at it")
    func invoicedTime() {
        var configuration = SandboxFixture.small()
        configuration.oddities = false
        let sample = SampleBuilder.organisation(configuration, seed: 1)
        var minutes: [Int32: Int] = [:]
        for row in sample.times where row.invoiceTask >= 0 { minutes[row.invoiceTask, default: 0] += Int(row.minutes) }
        #expect(minutes.count > 100)
        for (line, sum) in minutes { #expect(Int(sample.invoiceTasks[Int(line)].minutes) == sum) }
        #expect(sample.times.allSatisfy { $0.invoiceTask >= -1 && $0.job >= 0 && $0.minutes > 0 })
    }

    @Test(
        "The minutes of a job's task are those booked on it, but for those that the platform added up at another hour")
    func bookedTime() {
        var minutes: [Int32: Int] = [:]
        for row in usual.times where row.task >= 0 { minutes[row.task, default: 0] += Int(row.minutes) }
        var differing = 0
        for (index, task) in usual.jobTasks.enumerated() where Int(task.actual) != minutes[Int32(index)] ?? 0 {
            #expect(Int(task.actual) == (minutes[Int32(index)] ?? 0) - 15)
            differing += 1
        }
        #expect((5...20).contains(differing * 100 / usual.jobTasks.count))
    }

    @Test("There are references to nothing, strange minutes and no entry after today")
    func oddities() {
        #expect(usual.times.contains { $0.job == -1 })
        #expect(usual.times.contains { $0.staff == -1 })
        #expect(usual.times.contains { $0.invoiceTask == -3 })
        #expect(usual.times.contains { $0.minutes == 0 })
        #expect(usual.times.contains { $0.minutes < 0 })
        #expect(usual.times.contains { $0.minutes == 1440 })
        #expect(usual.invoiceTasks.contains { $0.rate == nil })
        #expect(usual.times.allSatisfy { Int($0.day) <= usual.today.number })
        #expect(usual.times.contains { row in row.staff >= 0 && !usual.staff[Int(row.staff)].isListed })
    }

    @Test("The same seed gives the same bytes, another seed other ones")
    func determinism() async throws {
        let paths = ["/time.api/list?\(always)", "/invoice.api/list?\(always)&detailed=true", "/client.api/list"]
        func bytes(_ seed: UInt64) async throws -> [String] {
            let kept = Kept()
            try await SandboxFixture.run(SandboxFixture.small { $0.seed = seed }) {
                (fixture: SandboxFixture) async throws in
                for path in paths { await kept.keep(try await fixture.get(path).text) }
            }
            return await kept.texts
        }
        let first = try await bytes(1)
        #expect(try await bytes(1) == first)
        #expect(try await bytes(2) != first)
    }

    @Test("A bench organisation has exact counts, spread evenly over the months")
    func bench() {
        var configuration = SandboxConfiguration.bench(timeEntries: 3600, invoices: 360, jobs: 180, months: 36)
        configuration.today = LocalDay(year: 2026, month: 11, day: 21)
        let sample = SampleBuilder.organisation(configuration, seed: 1)
        #expect(sample.times.count == 3600)
        #expect(sample.jobs.allSatisfy { $0.tasks.count == 5 })
        #expect(sample.invoices.count == 360)
        #expect(sample.invoiceTasks.count == 720)
        #expect(sample.invoiceCosts.count == 360)
        var months: [Int: Int] = [:]
        for row in sample.times { months[LocalDay(Int(row.day)).startOfMonth.number, default: 0] += 1 }
        #expect(months.count == 36)
        #expect(Set(months.values) == [100])
        #expect(months.keys.max() == LocalDay(year: 2026, month: 11, day: 1).number)
    }

    @Test("The smallest sample still has one of everything asked for")
    func smallest() async throws {
        try await SandboxFixture.run(SandboxFixture.small { $0.scale = 0 }) { (fixture: SandboxFixture) async throws in
            #expect(try await fixture.body("/job.api/list?\(always)&detailed=true")["Jobs/Job"] > 0)
            #expect(try await fixture.body("/invoice.api/list?\(always)&detailed=true").all("Status") == ["OK"])
            #expect(try await fixture.body("/clientgroup.api/list")["Groups/Group"] == 1)
        }
    }

    @Test("Days convert both ways over four centuries")
    func days() throws {
        for number in stride(from: -140_000, to: 140_000, by: 37) {
            let (year, month, day) = LocalDay(number).civil
            #expect(LocalDay(year: year, month: month, day: day).number == number)
        }
        #expect(LocalDay("20240229")?.description == "2024-02-29")
        #expect(LocalDay("20230229") == nil)
        #expect(LocalDay(year: 2026, month: 11, day: 21).weekday == 5)
        #expect(LocalDay(year: 2025, month: 13, day: 1).description == "2026-01-01")
    }

    @Test("Money is exact")
    func money() {
        #expect(Money("-12.5")?.units == -125_000)
        #expect(Money(units: -125_000).text == "-12.5000")
        #expect(Money(cents: 333).times(Money(cents: 150)).text == "5.0000")
        #expect(Money(cents: 12_000).forMinutes(50).text == "100.0000")
        #expect(Money(cents: 333).percent(15, cents: false).text == "0.4995")
        #expect(Money("1.23456") == nil)
    }
}
