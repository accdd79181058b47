import ArgumentParser
import Foundation
import Inflow
import Sync
import Warehouse

/// Runs a plan with progress, and shows what came of it: what all commands that read share.
struct PlanRunner {
    let wiring: Wiring
    let connection: Connection
    let json: Bool
    /// Whether each record that was found different is listed.
    var listsDifferences = false
    /// Whether nothing is written.
    var isDry = false

    /// Runs it; throws the outcome's exit code unless it is green.
    func run(_ plan: RunPlan) async throws {
        try connection.checkReadable()
        let report = try await wiring.run(plan, of: connection, isDry: isDry)
        let differences =
            listsDifferences
            ? try await RowCounts(wiring.warehouse, connection).differences(of: report.run, plan.parts.map(\.entity))
            : nil
        if json {
            try Console.json(RunDocument(report, connection: connection.name, differences: differences))
        } else if isDry {
            showDry(report)
        } else {
            show(report)
            if let differences { show(differences) }
        }
        // The person who interrupted the run knows of it and waits for the command to end.
        if !isDry, report.outcome != .interrupted {
            try await interruptible { await wiring.sendAlerts(connection) }
        }
        if report.outcome.exitCode != 0 { throw ExitCode(report.outcome.exitCode) }
    }

    /// Shows what came of a run of another process; throws the outcome's exit code unless it is green.
    func end(_ report: RunReport) throws {
        if json {
            try Console.json(RunDocument(report, connection: connection.name))
        } else {
            show(report)
        }
        if report.outcome.exitCode != 0 { throw ExitCode(report.outcome.exitCode) }
    }

    private func showDry(_ report: RunReport) {
        let rows = report.entities.map { entity in
            let tally = entity.tally
            return [entity.entity]
                + [
                    tally.pulled, tally.inserted, tally.updated, tally.unchanged,
                    entity.previews.reduce(0) { $0 + $1.missing + $1.held }, tally.rejected, tally.duplicates,
                    entity.traffic.calls,
                ].map(Console.grouped)
        }
        Console.table(
            [
                "entity", "pulled", "would insert", "would update", "unchanged", "missing", "rejected", "duplicates",
                "calls",
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
            "Dry run of \"\(connection.name)\": no table was written; each chunk was judged alone.")
        if let error = report.error { Console.note(error) }
    }

    private func show(_ differences: [RowCounts.Difference]) {
        guard !differences.isEmpty else { return Console.print("No difference was found.") }
        Console.print("\(Console.grouped(differences.count)) differences, all mended:")
        Console.table(["entity", "change", "key"], differences.map { [$0.entity, $0.change, $0.key] })
    }

    private func show(_ report: RunReport) {
        let rows = report.entities.map { entity in
            let tally = entity.tally
            return [entity.entity]
                + [
                    tally.pulled, tally.inserted, tally.updated, tally.unchanged, tally.markedDeleted, tally.rejected,
                    tally.duplicates,
                ]
                .map(Console.grouped) + [Console.grouped(entity.traffic.calls), entity.status.rawValue]
        }
        Console.table(
            [
                "entity", "pulled", "inserted", "updated", "unchanged", "marked", "rejected", "duplicates", "calls",
                "status",
            ], rows)
        Console.print("Run \(report.run) of \"\(connection.name)\": \(report.outcome.words).")
        if let error = report.error { Console.note(error) }
        if report.outcome == .quota { Console.note(resumeWords(report)) }
        for warning in report.warnings { Console.note(warning) }
        let waiting = report.entities.filter { !$0.notes.isEmpty }.map(\.entity)
        if !waiting.isEmpty {
            Console.note(
                "Not all read yet, and no fault: \(waiting.joined(separator: ", ")). \"inflow status \(connection.name)\"."
            )
        }
        let held = report.entities.reduce(0) { $0 + $1.held }
        if held > 0 {
            Console.note(
                "\(Console.grouped(held)) rows were absent from the platform's answers, too many to be marked without a "
                    + "person: \"inflow deletions \(connection.name)\".")
        }
        if report.tally.rejected > 0 { Console.note("Rejected records: \"inflow rejections \(connection.name)\".") }
    }
}

extension PlanRunner {
    /// What a person can do about a run that the quota stopped.
    private func resumeWords(_ report: RunReport) -> String {
        let when = report.resumeAt.map { "from \($0.formatted(.iso8601)) on" } ?? "when calls are free again"
        return "The same command goes on \(when): what was loaded is not read again. "
            + "\"inflow quota \(connection.name)\" tells how the budget stands."
    }
}
