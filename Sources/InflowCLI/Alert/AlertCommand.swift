import ArgumentParser
import Inflow
import Warehouse

/// `inflow alert`: the channels over which Inflow reports that something is wrong, and that it is over.
///
/// Three steps lie between a fault and a message, each with its own type below this layer:
///
/// 1. A review compares the state of a connection with its open incidents, and opens and closes incidents
///    (`IncidentReview`).
/// 2. In the same transaction it writes one message for each change and channel into the outbox (`Outbox`).
/// 3. The sender delivers what the outbox holds (`AlertSender`), again and again until it succeeds or the message is
///    too old.
///
/// So a fault gives one message however often Inflow sees it, and a mail server that is down delays a message but does
/// not lose it. Every command that reads ends with a review and a delivery, and the daemon repeats both once a minute.
struct AlertCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "alert", abstract: "Set up, test and list alerts by mail or webhook.",
        discussion: """
            Inflow sends one message when a Sync All fails, deletions wait for a decision, records are rejected, the \
            connection needs a new authorisation (or soon will), or a table is older than its limit, and one more when \
            the problem is over. Each sync checks and sends. "inflow alert check" does the same without reading from \
            WorkflowMax, for a timer. A digest of the week and a mail after each Sync All that went well are off until \
            you set them.
            """,
        subcommands: [
            AlertSetCommand.self, AlertShowCommand.self, AlertTestCommand.self, AlertListCommand.self,
            AlertCheckCommand.self,
        ])

}
