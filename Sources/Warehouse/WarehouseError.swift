internal import Postgres

/// Why the warehouse could not do what it was asked.
public struct WarehouseError: Error, Sendable {
    /// Stable codes: scripts and the recovery policy decide by them, and their spelling does not change.
    public enum Code: String, Sendable, CaseIterable {
        /// The server cannot be reached, or refused us.
        case unreachable
        /// The session ended in the middle.
        case connectionLost = "connection_lost"
        /// A person or a time limit of the server cancelled a statement.
        case statementCancelled = "statement_cancelled"
        /// A server, pooler or database that Inflow cannot work with: too old, shared sessions, not UTF-8.
        case unfitServer = "unfit_server"
        /// The server refused a statement for a reason that has no code of its own here.
        case statementFailed = "statement_failed"
        /// The role may not do this.
        case notAllowed = "not_allowed"
        /// Another process holds the lock that this one needs.
        case busy
        /// The warehouse was migrated by a newer Inflow.
        case newerSchema = "newer_schema"
        /// The warehouse lacks migrations of this Inflow.
        case olderSchema = "older_schema"
        /// A migration that was applied is not the one in this Inflow.
        case changedMigration = "changed_migration"
        /// Definitions and tables do not agree.
        case schemaDiffers = "schema_differs"
        /// A chunk's counts do not add up; it was rolled back.
        case arithmetic
        /// An answer lacks all lines of its records, of which the table has many; nothing of it was written.
        case linesMissing = "lines_missing"
        /// The run was closed by another process meanwhile; nothing more of it is written.
        case runClosed = "run_closed"
        /// No connection of this name.
        case unknownConnection = "unknown_connection"
        /// A connection of this name is there already.
        case connectionExists = "connection_exists"
        /// No user, token of the API, saved query or webhook of this name or number.
        case unknownAccount = "unknown_account"
        /// A user, a token of the API or a saved query of this name is there already.
        case accountExists = "account_exists"
        /// Without this user nobody could administer the page.
        case lastAdmin = "last_admin"
        /// The connection holds records of another organisation.
        case otherOrganisation = "other_organisation"
        /// A time zone that this machine and the database do not read alike.
        case unusableZone = "unusable_zone"
        /// The warehouse names a key that this machine lacks, or a secret cannot be opened with it.
        case keyMissing = "key_missing"
        /// The connection has no tokens.
        case notAuthorised = "not_authorised"
        /// Another process has refreshed the token since.
        case tokenSuperseded = "token_superseded"
        /// A column holds a word that this Inflow does not know.
        case unknownWord = "unknown_word"
        /// The task was cancelled.
        case cancelled
        /// The disk or memory of the server ran out.
        case outOfResources = "out_of_resources"
    }

    /// What happened, as a code that scripts may compare.
    public let code: Code
    /// What it happened to: a connection, a table, a file or a setting.
    public let subject: String
    /// What happened, what Inflow did and what the person can do, in words.
    public let message: String
    /// Where the SQL that a person wrote is wrong, in characters from 1; `nil` where nothing says so.
    public internal(set) var position: Int?
    /// PostgreSQL's error, where it was one.
    let cause: PostgresError?
    /// What PostgreSQL said, where it said something; may quote values.
    public var detail: String? { cause?.detail }

    /// An error from its parts.
    public init(_ code: Code, subject: String = "", message: String) {
        self.init(code, subject: subject, message: message, cause: nil)
    }

    init(_ code: Code, subject: String = "", message: String, cause: PostgresError?) {
        self.code = code
        self.subject = subject
        self.message = message
        self.cause = cause
    }

    /// PostgreSQL's error in the warehouse's words.
    init(_ error: PostgresError, doing subject: String) {
        if error.code == .unknownWord {
            self.init(
                .unknownWord, subject: subject,
                message:
                    "\(error.detail ?? error.message) (\(subject)). A newer Inflow wrote the word, or a person did. "
                    + "Inflow does not guess what it means and stopped here. Run the newest Inflow on every machine, "
                    + "or correct the row.")
            return
        }
        let code: Code =
            switch error.code {
            case .cannotConnect, .clusterFailed, .librariesReplaced: .unreachable
            case .serverTooOld, .transactionPooling: .unfitServer
            case .connectionLost: .connectionLost
            case .statementCancelled: .statementCancelled
            case .cancelled: .cancelled
            case .lockTimeout, .deadlock, .serializationFailure: .busy
            case .insufficientPrivilege: .notAllowed
            case .outOfResources: .outOfResources
            case .unknownWord: .unknownWord
            case .statementFailed, .copyRejected, .uniqueViolation, .constraintViolation, .undefinedObject,
                .duplicateObject, .badParameter, .badResult, .outOfOrder, .rolledBack:
                .statementFailed
            }
        self.init(code, subject: subject, message: "\(error.message) (\(subject))", cause: error)
    }
}

extension WarehouseError {
    /// Whether the same may succeed in a moment: the server is away, or another session ended a session or a statement.
    public var mayPass: Bool { cause?.mayPass ?? false }

    /// What Inflow did after an error of PostgreSQL's and what the person can do; `nil` where ``message`` says it.
    public var remedy: String? {
        guard cause != nil else { return nil }
        return switch code {
        case .connectionLost: "Inflow's last step may be undone. Run the command again."
        case .statementCancelled:
            "Inflow undid the step. Find out who cancels its statements (the server's log), then run the command again."
        case .unfitServer: cause?.hint
        case .busy: "Inflow undid the step. Run the command again."
        case .notAllowed:
            "Inflow undid the step. Give the role the right, or name the role that owns the tables in "
                + "INFLOW_DATABASE_URL."
        case .outOfResources: "Inflow undid the step. Make room on the server, then run the command again."
        case .statementFailed:
            "Inflow undid the step. Run \"inflow doctor\"; if it finds nothing wrong, please report this message."
        case .unreachable, .newerSchema, .olderSchema, .changedMigration, .schemaDiffers, .arithmetic, .linesMissing,
            .runClosed, .unknownConnection, .connectionExists, .keyMissing, .notAuthorised, .tokenSuperseded,
            .unknownWord, .unknownAccount, .accountExists, .lastAdmin, .otherOrganisation, .unusableZone, .cancelled:
            nil
        }
    }
}

extension WarehouseError: CustomStringConvertible, CustomDebugStringConvertible {
    /// What happened, without values.
    public var description: String { message }
    /// The same with what PostgreSQL said, which may quote values.
    public var debugDescription: String {
        guard let cause else { return message }
        return "\(message): \(cause.debugDescription)"
    }
}
