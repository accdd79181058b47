import ArgumentParser
import Foundation
import Inflow
import Warehouse

/// `inflow connection`: the organisations that Inflow reads, their settings, their tokens and their readers.
///
/// A connection is one organisation at the platform, with the OAuth application that reads it. The subcommands follow
/// its life: `add`, then an authorisation (`inflow authorise` in a browser, or `connection authorise` from a refresh
/// token), `test`, `set` and `pause` in daily use, and `remove` at the end. Each subcommand has a file of its own, as
/// an extension.
///
/// Secrets never come from the command line, where other users of the machine could see them, but from the first line
/// of a file. Inflow encrypts them with the key file before it stores them, and no command prints them again.
struct ConnectionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "connection",
        abstract: "Add, change, test and remove connections to organisations, and their readers.",
        subcommands: [
            ConnectionAddCommand.self, ConnectionListCommand.self, ConnectionShowCommand.self,
            ConnectionSetCommand.self, ConnectionSetSecretCommand.self, ConnectionTestCommand.self,
            ConnectionAuthoriseCommand.self, ConnectionPauseCommand.self,
            ConnectionResumeCommand.self, ConnectionRenameCommand.self, ConnectionGroupCommand.self,
            Credentials.self, ConnectionRemoveCommand.self,
        ])

}
