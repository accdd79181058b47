import ArgumentParser
import Foundation
import Inflow
import Sync
import Warehouse
import WorkflowMax

struct RederiveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rederive", abstract: "Derive tables again from archived answers, without a call.",
        discussion: """
            Answers are replayed in the order they were asked for: columns that are new are filled in, values that differ \
            are put right, records that are missing come back. Nothing is marked as deleted, and nothing marked is revived.
            """)

    @Argument(help: "The connection.") var name: String
    @Argument(help: "Entities, such as invoice or timesheet; none for all.") var entities: [String] = []
    @Flag(help: "One JSON document and nothing else on standard output.") var json = false

    func run() async throws {
        try await reporting(json: json) {
            let chosen = try choose()
            let wiring = try await Wiring.ready()
            let connection = try await ConnectionStore(wiring.warehouse).find(name)
            try connection.checkStays()
            let display = ProgressDisplay()
            let rederivation = Rederivation(
                wiring.warehouse, connection, logger: wiring.logger,
                source: { ArchivedSource($0, of: connection, reader: $1) }, progress: { display.take($0) })
            let report = try await interruptible { try await rederivation.run(chosen) }
            display.end()
            if json {
                try Console.json(RunDocument(report, connection: name))
            } else {
                show(report)
            }
            if report.outcome.exitCode != 0 { throw ExitCode(report.outcome.exitCode) }
        }
    }

    private func choose() throws -> [EntityDefinition] {
        for entity in try entities.map(findEntity) {
            guard case .derived = entity.window, entity.alternative == nil else { continue }
            throw UserError(
                "\"\(entity.name)\" is derived from other records and has no answers of its own.", exitCode: 64)
        }
        return WorkflowMax.entities.filter { entities.isEmpty || entities.contains($0.name) }
    }

    private func show(_ report: RunReport) {
        Console.table(
            ["entity", "chunks", "pulled", "inserted", "updated", "unchanged", "rejected", "duplicates", "status"],
            report.entities.map { entity in
                let tally = entity.tally
                return [entity.entity]
                    + [
                        entity.loadedChunks, tally.pulled, tally.inserted, tally.updated, tally.unchanged,
                        tally.rejected, tally.duplicates,
                    ].map(Console.grouped) + [entity.status.rawValue]
            })
        Console.print("Run \(report.run) of \"\(name)\", from the archive: \(report.outcome.words).")
        for entity in report.entities where entity.plannedChunks == 0 {
            Console.note("The archive holds no answer of \"\(entity.entity)\".")
        }
        if let error = report.error { Console.note(error) }
    }
}

struct RawCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "raw", abstract: "Print one record as WorkflowMax sent it, from the archive.")

    @Argument(help: "The connection.") var name: String
    @Argument(help: "The entity, such as invoice.") var entity: String
    @Argument(help: "The record's key, as in its table.") var key: String

    func run() async throws {
        try await reporting {
            let entity = try findEntity(entity)
            let wiring = try await Wiring.ready()
            let connection = try await ConnectionStore(wiring.warehouse).find(name)
            let archive = ArchiveStore(wiring.warehouse, connection)
            do {
                try await find(in: archive, entity)
                await archive.close()
            } catch {
                await archive.close()
                throw error
            }
        }
    }

    private func find(in archive: ArchiveStore, _ entity: EntityDefinition) async throws {
        let records = ArchivedRecords(entity, reader: archive)
        let answers = try await archive.newest(entity.name)
        var (looked, bytes) = (0, 0)
        for answer in answers {
            looked += 1
            bytes += answer.bodyBytes
            guard let record = try await records.record(key, in: answer) else { continue }
            Console.note(
                "Asked for by run \(answer.run) at \(answer.askedAt.formatted(.iso8601)): \(answer.request.asked) "
                    + "(\(Console.grouped(looked)) of \(Console.grouped(answers.count)) answers looked through, "
                    + "\(Console.grouped(bytes)) bytes)")
            Console.write(Array(record), to: STDOUT_FILENO)
            Console.print("")
            return
        }
        throw UserError(
            answers.isEmpty
                ? "The archive holds no answer of \"\(entity.name)\" for \"\(name)\". Read it with \"inflow sync\", with the "
                    + "setting archive on."
                : "No archived answer holds \(entity.name) \"\(key)\": all \(Console.grouped(answers.count)) were looked "
                    + "through. The key is that of its table.")
    }
}

struct ExpireCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "expire", abstract: "Delete what is kept long enough, by the connection's settings.",
        discussion: """
            archive-days for answers that later ones superseded, history-days for superseded versions of records, \
            rejection-days for rejections and unknown elements; 0 is for ever. Each Sync All does the same at its end.
            """)

    @Argument(help: "The connection.") var name: String
    @Flag(help: "One JSON document.") var json = false

    func run() async throws {
        try await reporting(json: json) {
            let wiring = try await Wiring.ready()
            let connection = try await ConnectionStore(wiring.warehouse).find(name)
            let outcome = try await interruptible { try await Retention(wiring.warehouse, connection).run() }
            if json { return try Console.json(outcome) }
            Console.print(
                "Deleted: \(Console.grouped(outcome.answers)) archived answer(s), "
                    + "\(Console.grouped(outcome.versions)) old version(s) of records, "
                    + "\(Console.grouped(outcome.rejections)) rejection(s) and note(s) of unknown elements.")
        }
    }
}
