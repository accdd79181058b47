import ArgumentParser
import Foundation
import Inflow
import Warehouse

struct ConnectionSetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Change settings, given as KEY=VALUE; Inflow changes all or none.",
        discussion: examples("inflow connection set acme archive=yes archive-days=90"))

    @Argument(help: "Name of the connection.", completion: .connections) var name: String
    @Argument(help: "Settings, as \"inflow connection show\" names them.") var changes: [String]

    func run() async throws {
        try await reporting {
            let wiring = try await Wiring.ready()
            let store = ConnectionStore(wiring.warehouse)
            let pairs = try changes.map { change in
                let parts = change.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                guard parts.count == 2 else {
                    throw UserError("\"\(change)\" is not KEY=VALUE. Nothing was changed.", exitCode: 64)
                }
                return (key: String(parts[0]), value: String(parts[1]))
            }
            // A zone that this machine does not know any more is mended by naming another one.
            let zone = pairs.last { $0.key == "time-zone" }.flatMap { TimeZone(identifier: $0.value) }
            var connection = try await store.find(name, zone: zone)
            for (key, value) in pairs { try connection.settings.set(key, value) }
            try await store.update(connection)
            try await wiring.audit(
                .settingsChanged, by: .command, connection, subject: pairs.map(\.key).joined(separator: ", "))
            Console.print("Changed: \(changes.joined(separator: ", ")).")
        }
    }
}

extension ConnectionSettings {
    /// Sets one setting from text.
    ///
    /// - Throws: `UserError` for an unknown setting or an invalid value.
    mutating func set(_ key: String, _ value: String) throws {
        guard let setting = ConnectionSetting.all.first(where: { $0.name == key }) else {
            let known = ConnectionSetting.all.map(\.name).joined(separator: ", ")
            throw UserError("There is no setting \"\(key)\". There are: \(known). Nothing was changed.", exitCode: 64)
        }
        if let fault = setting.parse(value, &self) {
            throw UserError("\(key): \(fault). Nothing was changed.", exitCode: 64)
        }
    }
}
