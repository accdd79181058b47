import ArgumentParser
import Foundation
import Inflow
import Warehouse

/// `inflow period`: months that people sign off, and what changed in them afterwards.
struct PeriodCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "period",
        abstract: "Close months with their figures, reopen them, and show what changed since.",
        subcommands: [
            PeriodCloseCommand.self, PeriodListCommand.self, PeriodShowCommand.self, PeriodReopenCommand.self,
        ])
}

/// Who signs off or reopens, and why.
struct SignatureOptions: ParsableArguments {
    @Option(help: "Who does it; without it, the name of your account.") var by: String?
    @Option(help: "Why, or on what terms.") var note: String?

    /// The person; the account where none is named.
    var person: String { by ?? NSUserName() }

    func validate() throws {
        if let by, by.trimmed.isEmpty { throw ValidationError("--by is empty. Name the person, or leave it out.") }
    }
}

/// A connection and the months of it that are closed.
struct PeriodAccess {
    let connection: Connection
    let store: PeriodStore

    init(_ name: String) async throws {
        let warehouse = try await Wiring.ready().warehouse
        connection = try await ConnectionStore(warehouse).find(name)
        store = PeriodStore(warehouse, connection)
    }

    /// An instant by the connection's clock.
    func text(_ instant: Instant) -> String { instant.text(in: connection.settings.timeZone) }
}
