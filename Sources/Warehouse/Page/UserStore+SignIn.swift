public import Foundation
public import Inflow
internal import Postgres
internal import SQLFiles

/// How a try at signing in ended.
public enum SignInOutcome: Sendable, Hashable {
    /// Name and password fit; a session can be begun.
    case fits(PageUser)
    /// They do not: no such name, another password, or a user that is disabled. The answer does not say which.
    case refused
    /// Nothing was compared: too many tries on the account or from the address. The same for accounts that do not
    /// exist.
    case locked(until: Instant)
    /// Nothing was compared or counted: too many people sign in at this moment.
    case busy
}

extension UserStore {
    /// Compares a name and a password, typed by somebody at an address.
    ///
    /// The answer takes as long for a name that does not exist: a password is hashed in any case. Who fits is not signed
    /// in yet; ``PageSessionStore/begin(for:address:userAgent:replacing:)`` does that.
    public func authenticate(
        name: String, password: String, from address: String
    ) async throws(WarehouseError) -> SignInOutcome {
        let limit = SignInLimit(warehouse)
        let attempt: SignInLimit.Attempt
        switch try await limit.begin(account: PageName.folded(name), address: address) {
        case .locked(let end): return .locked(until: end)
        case .mayTry(let counted): attempt = counted
        }
        let known = try await account(of: name)
        let answer: PasswordHashing.Answer
        do throws(WarehouseError) {
            answer = try await hashing.compare(password, with: known?.hash)
        } catch {
            try await limit.takeBack(attempt)
            guard error.code == .busy else { throw error }
            return .busy
        }
        guard let known, answer.fits, known.user.disabledAt == nil else {
            // The name of an account that does not exist may be a password in the wrong field.
            let entry = AuditEntry(
                .signInFailed, by: Doer(.nobody, from: address), subject: known?.user.name,
                details: attempt.locksUntil.map { ["locked_until": $0.ISO8601Format()] } ?? [:])
            try await AuditLog(warehouse).note(entry)
            return .refused
        }
        try await limit.succeed(attempt)
        if let renewed = answer.renewed {
            _ = try await warehouse.query(
                "update inflow.page_user set password_hash = $2 where id = $1 and password_hash = $3",
                [.int64(known.user.id), .text(renewed), .text(known.hash)], purpose: "sign-in",
                doing: "keeping a password's hash")
        }
        return .fits(known.user)
    }

    private func account(of name: String) async throws(WarehouseError) -> (user: PageUser, hash: String)? {
        guard !name.holdsControlCharacters else { return nil }
        return try await warehouse.query(
            Statements.pageUsers, [.text(PageName.folded(name))], purpose: "sign-in", doing: "reading the users"
        ) { row throws(PostgresError) in (user: try PageUser(row), hash: try row.text("password_hash")) }.first
    }
}
