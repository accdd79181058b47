import ArgumentParser
import Foundation
import Inflow
import Sync
import Warehouse
import WorkflowMax

struct RawCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "raw", abstract: "Print one record exactly as WorkflowMax sent it, from the archive.",
        discussion: examples("inflow raw acme invoice 0b7e6c1a-6f0e-4b3c-9a57-0c1f0e7f2a11"))

    @Argument(help: "Name of the connection.", completion: .connections) var name: String
    @Argument(help: "The entity, such as invoice.", completion: .entities) var entity: String
    @Argument(help: "Key or number of the record.") var key: String

    func run() async throws {
        try await reporting {
            let entity = try findEntity(entity)
            let wiring = try await Wiring.ready()
            let connection = try await ConnectionStore(wiring.warehouse).find(name)
            let archive = ArchiveStore(wiring.warehouse, connection)
            // A record that was rejected is in the archive and not in its table: then the key is as it was given.
            let keys = try await RecordHistory(wiring.warehouse, connection).keys(of: entity, called: key)
            if keys.count > 1 { throw UserError.several(keys, of: entity.name, called: key) }
            do {
                try await find(keys.first ?? key, in: archive, entity, connection.settings.timeZone)
                await archive.close()
            } catch {
                await archive.close()
                throw error
            }
        }
    }

    private func find(
        _ key: String, in archive: ArchiveStore, _ entity: EntityDefinition, _ zone: TimeZone
    ) async throws {
        let records = ArchivedRecords(entity, reader: archive)
        let answers = try await archive.newest(entity.name)
        var (looked, bytes) = (0, 0)
        for answer in answers {
            looked += 1
            bytes += answer.bodyBytes
            guard let record = try await records.record(key, in: answer) else { continue }
            Console.note(
                "Run \(answer.run) asked for this at \(answer.askedAt.text(in: zone)): \(answer.request.asked) "
                    + "(\(Console.grouped(looked)) of \(Console.grouped(answers.count)) answers searched, "
                    + "\(Console.grouped(bytes)) bytes)")
            Console.write(Array(record), to: STDOUT_FILENO)
            Console.print("")
            return
        }
        throw UserError(
            answers.isEmpty
                ? "The archive holds no answer of \"\(entity.name)\" for \"\(name)\". Switch the setting archive on, "
                    + "then run \"inflow sync\"."
                : "None of the \(Console.grouped(answers.count)) archived answers holds \(entity.name) \"\(key)\". "
                    + "Give its number, or its key as it stands in the table.")
    }
}
