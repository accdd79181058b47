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
    let wiring: Wiring
    let connection: Connection
    let store: PeriodStore

    init(_ name: String) async throws {
        wiring = try await Wiring.ready()
        connection = try await ConnectionStore(wiring.warehouse).find(name)
        store = PeriodStore(wiring.warehouse, connection)
    }

    /// Notes who closed or reopened a month, and in whose name.
    func audit(_ action: AuditAction, _ month: LocalDate, _ signature: SignatureOptions) async throws {
        var details = ["signed by": signature.person]
        details["note"] = signature.note
        try await wiring.audit(action, by: .command, connection, subject: Month.text(month), details: details)
    }

    /// An instant by the connection's clock.
    func text(_ instant: Instant) -> String { instant.text(in: connection.settings.timeZone) }
}
