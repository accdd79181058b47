import Foundation
import Inflow
import Warehouse
import WorkflowMax

/// The path of a consent from the browser's redirect to the stored tokens.
struct ConsentFlow: Sendable {
    /// The next step after the code of a consent was exchanged.
    enum Step: Sendable {
        /// The connection is authorised; the text says for which organisation.
        case done(String)
        /// The consent covers several organisations, and a person at the terminal can choose.
        case choose(TokenPair, [String])
    }

    let wiring: Wiring
    let connection: Connection
    let box: SecretBox
    let request: ConsentRequest
    /// The organisation that the command line names.
    let wanted: String?
    /// Whether standard input is a terminal, so that a person can answer a question.
    let isInteractive: Bool

    /// Takes the address of the browser's redirect: checks it, exchanges its code, and stores the tokens.
    ///
    /// - Throws: `SourceError`, `UserError` or `WarehouseError`, each with a message for a person. Then nothing was
    ///   stored, unless the message says so.
    func finish(_ address: String) async throws -> Step {
        let code = try request.code(in: address)
        let authorisation = Authorisation(
            connection: connection, credentials: try await wiring.credentials(connection, box),
            transfer: wiring.transfer())
        let pair = try await authorisation.exchange(code: code, of: request)
        let organisations = Authorisation.organisationIDs(in: pair.access)
        guard !organisations.isEmpty else { throw UserError(authorisation.lacksPrivilege, exitCode: 5) }
        if let chosen = try choice(of: organisations) { return .done(try await take(pair, chosen)) }
        return .choose(pair, organisations)
    }

    /// The organisation to store; `nil` when a person must choose.
    private func choice(of organisations: [String]) throws -> String? {
        let pinned = connection.settings.accountID
        let listed = organisations.map { "\"\($0)\"" }.joined(separator: ", ")
        func isSame(_ one: String, _ other: String) -> Bool { one.lowercased() == other.lowercased() }
        if let wanted {
            guard let found = organisations.first(where: { isSame($0, wanted) }) else {
                throw UserError(
                    "The consent is not for organisation \"\(wanted)\" but for \(listed). Nothing was stored. Run "
                        + "\"inflow authorise \(connection.name)\" again and tick it on the consent page.")
            }
            guard pinned.isEmpty || isSame(pinned, found) else { throw otherOrganisation(listed) }
            return found
        }
        if !pinned.isEmpty {
            guard let found = organisations.first(where: { isSame($0, pinned) }) else {
                throw otherOrganisation(listed)
            }
            return found
        }
        if organisations.count == 1 { return organisations[0] }
        guard isInteractive else {
            throw UserError(
                "The consent is for several organisations: \(listed). Nothing was stored. Choose one: "
                    + "\"inflow authorise \(connection.name) --organisation ID\".", exitCode: 64)
        }
        return nil
    }

    private func otherOrganisation(_ listed: String) -> UserError {
        UserError(
            "\"\(connection.name)\" is organisation \"\(connection.settings.accountID)\", and the consent is for "
                + "\(listed). Nothing was stored, so that the records of two organisations do not mix. Tick the right "
                + "one on the consent page, add another connection, or correct a wrong id: \"inflow connection set "
                + "\(connection.name) account-id=ID\".")
    }

    /// Asks on the terminal for the organisation, and stores the tokens for it.
    func ask(_ pair: TokenPair, _ organisations: [String]) async throws -> String {
        for (number, organisation) in organisations.enumerated() { Console.note("  \(number + 1)  \(organisation)") }
        Console.note("Which organisation is \"\(connection.name)\"? Type its number:")
        guard let number = readLine().flatMap({ Int($0.trimmed) }),
            organisations.indices.contains(number - 1)
        else { throw UserError("That is not one of the numbers. Nothing was stored.", exitCode: 64) }
        return try await take(pair, organisations[number - 1])
    }

    /// Stores the pair, then tests it with one small read.
    private func take(_ pair: TokenPair, _ organisation: String) async throws -> String {
        var connection = connection
        if connection.settings.accountID != organisation {
            connection.settings.accountID = organisation
            try await ConnectionStore(wiring.warehouse).update(connection)
        }
        let store = TokenStore(wiring.warehouse, connection: connection, box: box)
        try await store.store(pair)
        do {
            _ = try await wiring.source(connection).organisation()
        } catch let error as SourceError where error.code == .forbidden {
            let words = Authorisation(
                connection: connection, credentials: ClientCredentials(id: "", secret: ""),
                transfer: wiring.transfer()
            ).lacksPrivilege
            try await store.needConsent(words)
            throw UserError(words, exitCode: 5)
        } catch let error as SourceError {
            return "\"\(connection.name)\" is authorised for organisation \(organisation), but the first read failed. "
                + "\(error.description)"
        }
        return "\"\(connection.name)\" is authorised for organisation \(organisation)."
    }
}
