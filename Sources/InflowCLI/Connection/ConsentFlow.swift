import Foundation
import Inflow
import Sync
import Warehouse
import WorkflowMax

/// The path of a consent from the browser's redirect to the stored tokens.
struct ConsentFlow: Sendable {
    /// The next step after the code of a consent was exchanged.
    enum Step: Sendable {
        /// The connection is authorised; the text says for which organisation.
        case done(String)
        /// The consent covers several organisations, and a person at the terminal can choose.
        case choose(TokenPair, [Organisation])
    }

    let wiring: Wiring
    let connection: Connection
    let box: SecretBox
    let request: ConsentRequest
    /// The organisation that the command line names.
    let wanted: String?
    /// A client secret that the command line gives, which is stored with the tokens; else the stored one holds.
    let newSecret: String?
    /// Whether standard input is a terminal, so that a person can answer a question.
    let isInteractive: Bool

    /// Takes the address of the browser's redirect: checks it, exchanges its code, and stores the tokens.
    ///
    /// - Throws: `SourceError`, `UserError` or `WarehouseError`, each with a message for a person. Then nothing was
    ///   stored, unless the message says so.
    func finish(_ address: String) async throws -> Step {
        let code = try request.code(in: address)
        let authorisation = Authorisation(
            connection: connection, credentials: try await credentials(), transfer: wiring.transfer())
        let pair = try await authorisation.exchange(code: code, of: request)
        let organisations = Authorisation.organisations(in: pair.access)
        guard !organisations.isEmpty else { throw UserError(authorisation.lacksPrivilege, exitCode: 5) }
        if let chosen = try choice(of: organisations) { return .done(try await take(pair, chosen)) }
        return .choose(pair, organisations)
    }

    private func credentials() async throws -> ClientCredentials {
        guard let newSecret else { return try await wiring.credentials(connection, box) }
        return ClientCredentials(id: connection.settings.clientID, secret: newSecret)
    }

    /// The organisation to store; `nil` when a person must choose.
    private func choice(of offered: [Organisation]) throws -> String? {
        let pinned = connection.settings.accountID
        let organisations = offered.map(\.id)
        let listed = offered.map { one in "\"\(one.id)\"" + (one.name.map { " (\($0.harmless))" } ?? "") }
            .joined(separator: ", ")
        func isSame(_ one: String, _ other: String) -> Bool { one.lowercased() == other.lowercased() }
        if let wanted {
            guard let found = organisations.first(where: { isSame($0, wanted) }) else {
                throw UserError(
                    "The consent is not for organisation \"\(wanted)\" but for \(listed). Nothing was stored. Run "
                        + "\"inflow authorise \(connection.name.shellWord)\" again and tick it on the consent page.")
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
                    + "\"inflow authorise \(connection.name.shellWord) --organisation ID\".", exitCode: 64)
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

    /// Asks on the terminal for the organisation, until the answer is one of the numbers, and stores the tokens for it.
    ///
    /// Shows the names of organisations where the platform tells them, and which ones other connections read already.
    func ask(_ pair: TokenPair, _ organisations: [Organisation]) async throws -> String {
        let others = try await ConnectionStore(wiring.warehouse).list().readable.filter { $0.id != connection.id }
        for (number, one) in organisations.enumerated() {
            let readers = others.filter { $0.settings.accountID.lowercased() == one.id.lowercased() }.map(\.name)
            let note = readers.isEmpty ? "" : "  (\(readers.map { "\"\($0)\"" }.joined(separator: ", ")) reads it)"
            Console.note("  \(number + 1)  \(one.name.map { "\($0.harmless)  " } ?? "")\(one.id)\(note)")
        }
        Console.note("Which organisation is \"\(connection.name)\"? Type its number:")
        while let answer = readLine() {
            if let number = Int(answer.trimmed), organisations.indices.contains(number - 1) {
                return try await take(pair, organisations[number - 1].id)
            }
            Console.note("Type a number from 1 to \(organisations.count), or press Ctrl-C to give up:")
        }
        throw UserError("You chose no organisation. Nothing was stored.", exitCode: 64)
    }

    /// Tests the pair with one small read, then stores it; a person who may not read leaves nothing behind.
    func take(_ pair: TokenPair, _ organisation: String) async throws -> String {
        var connection = connection
        let isNew = connection.settings.accountID != organisation
        connection.settings.accountID = organisation
        let vault = ConsentVault(pair)
        let words = try await read(connection, vault)
        if isNew { try await ConnectionStore(wiring.warehouse).update(connection) }
        if let newSecret {
            try await ConnectionStore(wiring.warehouse).setClientSecret(newSecret, of: connection, box: box)
        }
        try await TokenStore(wiring.warehouse, connection: connection, box: box).store(await vault.pair)
        return "\"\(connection.name)\" is authorised for organisation \(organisation)\(words)"
    }

    /// Reads a little with the new tokens.
    ///
    /// - Returns: how the sentence about the consent ends: an outage of the platform is no fault of the consent.
    /// - Throws: `UserError` where the person who consented may not let Inflow read.
    private func read(_ connection: Connection, _ vault: ConsentVault) async throws -> String {
        let credentials = try await credentials()
        do {
            _ = try await WorkflowMax(
                connection: connection, credentials: credentials, vault: vault,
                quota: await QuotaLedgers.all.budget(of: connection, wiring.warehouse),
                transfer: wiring.transfer(), now: { Date() }, again: RetryPattern().again(), logger: wiring.logger
            ).organisation()
            return "."
        } catch let error where error.code == .forbidden {
            let lacks = Authorisation(
                connection: connection, credentials: credentials, transfer: wiring.transfer()
            ).lacksPrivilege
            throw UserError("\(lacks) Nothing was stored.", exitCode: 5)
        } catch {
            return ", but the first read failed. \(error.description)"
        }
    }
}

/// The tokens of a consent before they are stored.
private actor ConsentVault: TokenVault {
    /// The newest pair.
    private(set) var pair: TokenPair
    private var generation: Int64 = 1

    init(_ pair: TokenPair) { self.pair = pair }

    func current() -> StoredToken? { StoredToken(pair: pair, generation: generation) }

    /// Only this process knows the tokens, and it makes one call, so no lease is needed.
    func replace(
        generation: Int64, by exchange: @Sendable (TokenPair) async throws(SourceError) -> TokenPair
    ) async throws(SourceError) -> StoredToken {
        if generation == self.generation {
            pair = try await exchange(pair)
            self.generation += 1
        }
        return StoredToken(pair: pair, generation: self.generation)
    }
}
