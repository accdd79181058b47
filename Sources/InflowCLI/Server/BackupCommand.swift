import ArgumentParser
import Foundation
import Inflow
import Warehouse

struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Write the whole warehouse into one file; runs may go on meanwhile.",
        discussion: """
            The file is an archive of pg_dump, of one moment. It replaces an earlier file of that name once it is \
            whole. It holds client secrets and tokens encrypted; the key file is not in it, so keep a copy of that \
            elsewhere. "inflow restore" makes a warehouse from both.
            """
                + "\n\n" + examples("inflow backup /var/backups/inflow.backup", "inflow backup --quiet today.backup"))

    @Argument(help: "The file to write.", completion: .file()) var file: String
    @Flag(help: "Print one JSON document.") var json = false
    @OptionGroup var quiet: QuietOption

    private struct Document: Encodable {
        let file: String
        let bytes: Int
        let keyFile: String
    }

    func run() async throws {
        try await reporting(json: json) {
            let wiring = try await Wiring.ready()
            let bytes = try await interruptible { try await WarehouseCopy(wiring.warehouse).write(to: file) }
            await wiring.auditIfPossible(
                .warehouseBackedUp, subject: URL(fileURLWithPath: file).path, details: ["bytes": "\(bytes)"])
            let keyFile = wiring.settings.keyFile
            if json { return try Console.json(Document(file: file, bytes: bytes, keyFile: keyFile)) }
            Console.print("Inflow wrote the warehouse to \"\(file)\": \(Console.bytes(bytes)).")
            Console.note("The key file \"\(keyFile)\" is not in it. Keep a copy of it in another place.")
        }
    }
}
