import Curl
import Inflow
import Postgres
import Sandbox
import Sync
import TestSupport
import Testing
import WorkflowMax

@Suite("What a sync asks for", .database(.warehouse), .timeLimit(.minutes(5)))
struct WindowTests {
    @Test(
        "Sync All reads lists, leads and jobs whole; of other documents the last months, the year ahead and the open ones"
    )
    func syncAll() async throws {
        try await InflowFixture.run { fixture in
            let month = Window.lastMonth(of: InflowFixture.today)
            let ending = try await fixture.inflow("sync", "acme")
            #expect(ending.code == 0, "\(ending)")
            for entity in WorkflowMax.entities where entity.name != "job_status" && !entity.isPerParent {
                guard entity.kind == .transactional, entity.name != "job" else {
                    let truth = try await fixture.sandbox.truth(entity.name)
                    #expect(try await fixture.count(entity.table) == truth.count, "\(entity.name)")
                    continue
                }
                let truth = try await fixture.sandbox.truth(entity.name, in: month)
                let held = try await fixture.query("select \(entity.key[0]) as key from \(entity.table)").compactMap {
                    try $0["key"].string
                }
                #expect(Set(held).isSuperset(of: truth.keys), "\(entity.name)")
                let chunks = try await fixture.query(
                    "select span_from, span_until from inflow.chunk where entity = $1 and span_from is not null order by 1",
                    [.text(entity.name)])
                let spans = Set(
                    try chunks.map { row in
                        try "\(row.optionalText("span_from") ?? "") \(row.optionalText("span_until") ?? "")"
                    })
                let (middle, end) = (month.until.adding(months: -1), month.until.adding(months: 12))
                let expected = ["\(month.from) \(middle)", "\(middle) \(month.until)", "\(month.until) \(end)"]
                #expect(spans.isSuperset(of: expected), "\(entity.name)")
            }
            let states = try await fixture.query("select name from wfm.job_status").compactMap { try $0["name"].string }
            let used = try await fixture.query("select distinct state from wfm.job").compactMap {
                try $0["state"].string
            }
            #expect(Set(states) == Set(used))
        }
    }

    @Test(
        "Both days of a targeted sync are included, and no other", arguments: ["invoice", "job", "timesheet", "lead"])
    func bothDaysIncluded(name: String) async throws {
        try await InflowFixture.run { fixture in
            let (first, last) = (InflowFixture.today.adding(days: 500), InflowFixture.today.adding(days: 540))
            let keys = try await fixture.sandbox.truth(name).keys
            try #require(keys.count >= 4)
            let days = [first.adding(days: -1), first, last, last.adding(days: 1)]
            for (key, day) in zip(keys, days) { try await fixture.sandbox.move(name, key, to: day) }
            let ending = try await fixture.inflow("sync", "acme", name, "--from", "\(first)", "--to", "\(last)")
            #expect(ending.code == 0, "\(ending)")
            let entity = try InflowFixture.entity(name)
            let loaded = try await fixture.query("select uuid from \(entity.table)").compactMap {
                try $0["uuid"].string
            }
            #expect(Set(loaded) == [keys[1], keys[2]])
        }
    }

    @Test("Job states are read from the platform's own list where the connection says so")
    func jobStatusList() async throws {
        try await InflowFixture.run { fixture in
            let set = try await fixture.inflow("connection", "set", "acme", "job-status-list=yes")
            #expect(set.code == 0, "\(set)")
            let ending = try await fixture.inflow("sync", "acme", "job_status")
            #expect(ending.code == 0, "\(ending)")
            #expect(try await fixture.number("select count(*) from wfm.job_status where uuid is not null") > 5)
            // Derived states have no identifier: the one that is there stays.
            let unset = try await fixture.inflow("connection", "set", "acme", "job-status-list=no")
            #expect(unset.code == 0, "\(unset)")
            _ = try await fixture.inflow("sync", "acme", "job")
            let derived = try await fixture.inflow("sync", "acme", "job_status")
            #expect(derived.code == 0, "\(derived)")
        }
    }

    @Test("Two organisations share the tables without a row of one touching the other's")
    func twoOrganisations() async throws {
        let accounts = ["0f0e0d0c-0b0a-4908-8706-050403020100", "1f0e0d0c-0b0a-4908-8706-050403020100"]
        try await InflowFixture.run(RunningSandbox.small { $0.accountIDs = accounts }) { fixture in
            try await fixture.sync(try fixture.lists("client", "staff"))
            let before = try await fixture.contents()
            try await fixture.sandbox.control(.post, "tokens/restore")
            let add = try await fixture.start(
                try fixture.addArguments("other", withToken: true, "--account-id", accounts[1])
            ).ending()
            #expect(add.code == 0, "\(add)")
            let sync = try await fixture.inflow("sync", "other", "client", "staff")
            #expect(sync.code == 0, "\(sync)")
            let connections = try await fixture.query(
                "select connection_id, count(*) as rows from wfm.client group by 1 order by 1")
            #expect(connections.count == 2)
            #expect(try await fixture.sync(try fixture.lists("client", "staff")).tally.updated == 0)
            let removed = try await fixture.inflow("connection", "remove", "other", "--confirm", "other")
            #expect(removed.code == 0, "\(removed)")
            #expect(try await fixture.contents() == before)
        }
    }
}
