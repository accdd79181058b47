import ArgumentParser
import Foundation
import Inflow
import Sync
import Warehouse
import WorkflowMax

/// Runs a plan in this process, shows its progress and its report, and sends alerts: the path of every command that
/// reads.
///
/// `inflow sync`, `seed`, `reconcile` and `deletions approve` differ only in the plan that they make. What happens with
/// the plan is the same, so it stands here once:
///
/// 1. The connection must be readable: neither paused nor being removed.
/// 2. `Wiring.run` drives the run engine; Ctrl-C interrupts it and leaves committed chunks in the tables.
/// 3. The report goes to standard output as tables or as one JSON document, hints to standard error.
/// 4. Alerts go out, except after a dry run, which has changed nothing, and after an interruption, which a person
///    caused.
/// 5. The exit code is the outcome's (see `RunOutcome.exitCode`).
///
/// A run that the daemon executes takes the same report through `end`; `QueuedRun` calls it.
struct PlanRunner {
    let wiring: Wiring
    let connection: Connection
    let json: Bool
    /// Whether the report lists each record that differed.
    var listsDifferences = false
    /// Whether the run writes no table.
    var isDry = false
    /// What the run, a Sync All of a person, did to the schedule.
    var move: ScheduleMove?

    /// Runs the plan; throws the exit code of the outcome unless it is green.
    func run(_ plan: RunPlan) async throws {
        try connection.checkReadable()
        let report: RunReport
        do {
            if !isDry { try await wiring.audit(.runStarted, by: .command, connection, subject: plan.scope) }
            report = try await wiring.run(plan, of: connection, isDry: isDry)
        } catch {
            // Nothing began, so nothing was read.
            try? await move?.takeBack()
            throw error
        }
        let differences =
            listsDifferences
            ? try await RowCounts(wiring.warehouse, connection).differences(of: report.run, plan.parts.map(\.entity))
            : nil
        if json {
            try Console.json(RunDocument(report, connection: connection.name, differences: differences))
        } else if isDry {
            showDry(report)
        } else {
            try await show(report)
            if let differences { show(differences, report.entities.flatMap(\.corrections), report) }
        }
        try await settle(report)
        // A person who interrupts a run needs no alert, and waits for the command to end.
        if !isDry, report.outcome != .interrupted {
            try await interruptible {
                await wiring.ping(connection, after: report, of: plan.trigger)
                await wiring.sendAlerts(connection)
            }
        }
        if report.outcome.exitCode != 0 { throw ExitCode(report.outcome.exitCode) }
    }

    /// Says what a Sync All did to the schedule; puts the time back where the run was refused before it read anything.
    private func settle(_ report: RunReport) async throws {
        guard let move else { return }
        if ScheduleMove.isRefused(report) { return try await move.takeBack() }
        if let sentence = try await move.sentence(now: Date()) { Console.note(sentence) }
    }

    /// Shows the report of a run of another process; throws the exit code of the outcome unless it is green.
    func end(_ report: RunReport) async throws {
        if json {
            try Console.json(RunDocument(report, connection: connection.name))
        } else {
            try await show(report)
        }
        try await settle(report)
        if report.outcome.exitCode != 0 { throw ExitCode(report.outcome.exitCode) }
    }

    private func showDry(_ report: RunReport) {
        let rows = report.entities.map { entity in
            let tally = entity.tally
            return [entity.entity]
                + [
                    tally.pulled, tally.inserted, tally.updated, tally.unchanged,
                    entity.previews.reduce(0) { $0 + $1.missing + $1.held }, tally.rejected, tally.duplicates,
                    tally.older, tally.outside, entity.traffic.calls,
                ].map(Console.grouped)
        }
        Console.table(
            [
                "entity", "pulled", "would insert", "would update", "unchanged", "missing", "rejected", "duplicates",
                "older", "outside", "calls",
            ],
            rows)
        for preview in report.entities.flatMap(\.previews) where !preview.examples.isEmpty {
            Console.print("\n\(preview.entity), \(preview.chunk): would update, for example")
            for example in preview.examples {
                let more = (example.changesLines ? ["lines"] : []) + (example.revives ? ["is listed again"] : [])
                Console.print("  \(example.key)" + (more.isEmpty ? "" : ": \(more.joined(separator: ", "))"))
                for field in example.fields {
                    Console.print("    \(field.column): \(field.old ?? "null") → \(field.new ?? "null")")
                }
            }
        }
        Console.print(
            "Dry run of \"\(connection.name)\": Inflow wrote no table and compared each chunk by itself.")
        if let error = report.error { Console.note(error) }
    }

    private func show(_ differences: [RowCounts.Difference], _ corrections: [String], _ report: RunReport) {
        for correction in corrections { Console.print(correction) }
        guard !differences.isEmpty else {
            guard corrections.isEmpty else { return }
            // What is missing there is a difference too, and so may be what could not be read.
            let missing = report.entities.reduce(0) { $0 + $1.held }
            let isWhole = missing == 0 && report.outcome == .green
            Console.print(
                isWhole ? "Inflow found no difference." : "Inflow corrected no row in what it read and may change.")
            return
        }
        Console.print("\(Console.grouped(differences.count)) differences, which Inflow corrected:")
        Console.table(["entity", "change", "key"], differences.map { [$0.entity, $0.change.rawValue, $0.key] })
    }

    private func show(_ report: RunReport) async throws {
        let rows = report.entities.map { entity in
            let tally = entity.tally
            return [entity.entity]
                + [
                    tally.pulled, tally.inserted, tally.updated, tally.unchanged, tally.markedDeleted, tally.rejected,
                    tally.duplicates, tally.older, tally.outside,
                ]
                .map(Console.grouped) + [Console.grouped(entity.traffic.calls), entity.status.rawValue]
        }
        Console.table(
            [
                "entity", "pulled", "inserted", "updated", "unchanged", "marked", "rejected", "duplicates", "older",
                "outside",
                "calls", "status",
            ], rows)
        Console.print("Run \(report.run) of \"\(connection.name)\": \(report.words).")
        if let error = report.error { Console.note(error) }
        if report.outcome == .quota { Console.note(resumeHint(report)) }
        for warning in report.warnings { Console.note(warning) }
        let lists = Set(WorkflowMax.entities.filter { !$0.isPerParent }.map(\.name))
        for note in report.entities.filter({ lists.contains($0.entity) }).flatMap(\.notes) { Console.note(note) }
        if report.isPartial {
            let values = try await PerParentStatusReader(wiring, connection).status()
            Console.note(
                ["Values: \(values.line).", values.remedy(connection.name)].compactMap(\.self).joined(separator: " "))
        }
        let held = report.entities.reduce(0) { $0 + $1.held }
        if held > 0 {
            Console.note(
                "\(Console.grouped(held)) rows are missing from WorkflowMax, too many to mark as deleted without your "
                    + "decision: \"inflow deletions \(connection.name.shellWord)\".")
        }
        if report.outcome == .rejections {
            Console.note("Rejected records and values: \"inflow rejections \(connection.name.shellWord)\".")
        }
    }
}

extension PlanRunner {
    /// How to continue a run that the quota stopped.
    private func resumeHint(_ report: RunReport) -> String {
        let when =
            report.resumeAt.map { "from \($0.named(in: connection.settings.timeZone)) on" }
            ?? "when WorkflowMax takes calls again"
        return "The same command continues \(when); Inflow does not read the loaded records again. "
            + "\"inflow quota \(connection.name.shellWord)\" shows the budget."
    }
}
