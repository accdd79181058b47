import Foundation
import Inflow
import Postgres
import Sync
import WorkflowMax

/// Values that cost a call for each record, in the model test: the costs of jobs.
extension Model {
    /// What a run that is asked for the costs of jobs reads.
    private func costsPlan() throws -> RunPlan {
        RunPlan(
            trigger: .targeted, scope: "costs",
            parts: [RunPlan.Part(entity: try InflowFixture.entity("job_cost"), chunks: [])], known: WorkflowMax.entities
        )
    }

    /// Asks for the costs of the jobs that are due, some of them in vain: what was read is what the platform has.
    mutating func costs(_ round: Int) async throws {
        let isRefused = random.below(3) == 0
        if isRefused {
            try await fixture.sandbox.fault("generic_error", at: "/job.api/costs", times: 3, more: #""nth":2"#)
        }
        try await deleteCost(round)
        let begun = try await now()
        let report = try await sync(try costsPlan(), workers: 2)
        diary.note("\(round): costs\(isRefused ? ", some refused," : "") ended \(report.outcome)")
        guard report.outcome == .green || report.outcome == .warnings else {
            throw ModelFailure("round \(round): the costs ended \(report.outcome): \(report.error ?? "")")
        }
        try await expectCostsSettled(report, "round \(round)")
        let truth = Set(try await fixture.sandbox.truth("job_cost").keys)
        let read = try await session.query(
            """
            select c.uuid from wfm.job_cost c
            join inflow.parent_read r on r.connection_id = c.connection_id and r.entity = 'job_cost'
                and r.parent_key = c.job_number
            where c.deleted_at is null and r.status = 'read' and r.asked_at >= $1
                and not exists (
                    select from inflow.missing m
                    where m.entity = 'job_cost' and m.key in (c.uuid, c.job_number || '/' || c.uuid)
                )
            """, [.timestamp(begun)]
        ).texts("uuid")
        if let wrong = Set(read).subtracting(truth).min() {
            throw ModelFailure("round \(round): cost \(wrong) is live, but not on the platform")
        }
    }

    /// Takes a cost out of the platform, which changes nothing of its job.
    private func deleteCost(_ number: Int) async throws {
        let keys = try await fixture.sandbox.truth("job_cost").keys.sorted()
        guard !keys.isEmpty else { return }
        // Drawn without `random`, so that the rest of the seed stays as it was.
        let key = keys[Int((seed &* 31 &+ UInt64(number)) % UInt64(keys.count))]
        try await fixture.sandbox.delete("job_cost", key)
        diary.note("\(number): cost \(key) deleted")
    }

    /// A green run has judged every cost that an answer lacked: it is marked, or waits for a person.
    private func expectCostsSettled(_ report: RunReport, _ words: String) async throws {
        let left = try await session.query(
            "select key from inflow.missing where entity = 'job_cost' and status in ('missing', 'gone') order by key"
        ).texts("key")
        if report.outcome == .green, let key = left.first {
            throw ModelFailure("\(words): green, but cost \(key) was absent from an answer and is not judged")
        }
    }

    /// At the end: once every job was asked, the live costs are exactly the platform's.
    mutating func expectCosts() async throws {
        // A cost that is gone between two readings of all jobs shows that the second one takes it away.
        for reading in 1...2 {
            if reading == 2 { try await deleteCost(0) }
            try await session.query("delete from inflow.parent_read")
            let report = try await sync(try costsPlan(), workers: 2)
            guard report.outcome == .green || report.outcome == .warnings else {
                throw ModelFailure("at the end: the costs ended \(report.outcome): \(report.error ?? "")")
            }
            try await expectCostsSettled(report, "at the end")
        }
        let truth = Set(try await fixture.sandbox.truth("job_cost").keys)
        let live = Set(
            try await session.query(
                """
                select c.uuid from wfm.job_cost c
                where c.deleted_at is null and not exists (
                    select from inflow.missing m
                    where m.entity = 'job_cost' and m.key in (c.uuid, c.job_number || '/' || c.uuid)
                )
                """
            ).texts("uuid"))
        let held = Set(
            try await session.query("select uuid from wfm.job_cost where deleted_at is null").texts("uuid"))
        if let lost = truth.subtracting(held).min() {
            throw ModelFailure("at the end: cost \(lost) is not live")
        }
        if let surplus = live.subtracting(truth).min() {
            throw ModelFailure("at the end: cost \(surplus) is live, but not on the platform")
        }
    }
}
