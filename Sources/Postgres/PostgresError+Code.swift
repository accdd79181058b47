// Which code an SQLSTATE is, and what each code says. Source: https://www.postgresql.org/docs/15/errcodes-appendix.html

extension PostgresError.Code {
    /// Derives the code from an SQLSTATE; `copying` when the statement was a COPY from the client.
    init(sqlState: String, copying: Bool) {
        self =
            if copying, ["22", "23", "54"].contains(sqlState.prefix(2)) {
                .copyRejected
            } else {
                Self.exact[sqlState] ?? Self.ofClass[String(sqlState.prefix(2))] ?? .statementFailed
            }
    }

    private static let exact: [String: Self] = [
        "57014": .statementCancelled, "55P03": .lockTimeout, "40P01": .deadlock, "40001": .serializationFailure,
        "23505": .uniqueViolation, "42501": .insufficientPrivilege,
        "42P01": .undefinedObject, "42703": .undefinedObject, "42883": .undefinedObject, "42704": .undefinedObject,
        "3F000": .undefinedObject, "3D000": .undefinedObject,
        "42P04": .duplicateObject, "42P06": .duplicateObject, "42P07": .duplicateObject, "42701": .duplicateObject,
        "42710": .duplicateObject, "42723": .duplicateObject,
        "57P01": .connectionLost, "57P02": .connectionLost, "57P03": .connectionLost, "57P04": .connectionLost,
        "57P05": .connectionLost, "58P01": .librariesReplaced, "25P03": .connectionLost, "25P04": .connectionLost,
    ]

    private static let ofClass: [String: Self] = [
        "08": .connectionLost, "23": .constraintViolation, "53": .outOfResources,
    ]

    var message: String {
        switch self {
        case .cannotConnect: "PostgreSQL cannot be reached or refused the connection."
        case .connectionLost: "The connection to PostgreSQL was lost."
        case .statementFailed: "PostgreSQL refused a statement."
        case .copyRejected: "PostgreSQL refused a line of bulk data."
        case .cancelled: "A statement was cancelled."
        case .statementCancelled: "PostgreSQL cancelled a statement: a person or a time limit wanted it."
        case .lockTimeout: "A lock was not free within the time allowed."
        case .deadlock: "PostgreSQL ended the transaction to break a deadlock."
        case .serializationFailure: "PostgreSQL ended the transaction because another one changed the same rows."
        case .uniqueViolation: "A row with the same key is there already."
        case .constraintViolation: "A row breaks a rule of its table."
        case .insufficientPrivilege: "The database role may not do this."
        case .undefinedObject: "The statement names something the database does not have."
        case .duplicateObject: "The database has something of this name already."
        case .librariesReplaced: "PostgreSQL was upgraded under its running server, which must be restarted."
        case .outOfResources: "PostgreSQL has run out of disk space, memory or connections."
        case .badParameter: "A statement or one of its parameters cannot be sent to PostgreSQL."
        case .badResult: "PostgreSQL's answer is not of the form that was asked for."
        case .unknownWord: "A column holds a word that this program does not know."
        case .outOfOrder: "The connection is busy with something else."
        case .rolledBack: "PostgreSQL rolled the transaction back because a statement in it had failed."
        case .serverTooOld: "PostgreSQL is too old: Inflow needs version 15 or later."
        case .transactionPooling: "The connection goes through a transaction pooler, which Inflow cannot use."
        case .clusterFailed: "The private PostgreSQL server cannot be made, started or stopped."
        }
    }
}
