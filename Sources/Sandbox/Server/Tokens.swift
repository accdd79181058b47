import Foundation

/// What the token endpoint answers.
enum TokenAnswer: Sendable {
    case granted(access: String, refresh: String, seconds: Int)
    case refused(status: Int, error: String, description: String)
}

/// Access tokens, rotating refresh tokens and consent codes; a state machine without I/O.
struct Tokens: Sendable {
    /// What a consent, and every token that comes of it, is good for.
    struct Leave: Sendable {
        /// The organisations the access token names.
        var accounts: [String]
        /// Whether records may be read.
        var mayRead = true
    }

    private struct Code: Sendable {
        var leave: Leave
        var redirect: String
        var challenge: String?
        var isPlain: Bool
        var expires: Date
    }

    private struct Held: Sendable {
        var expires: Date
        var leave: Leave
    }

    /// A refresh token that was rotated, and what was answered.
    private struct Spent: Sendable {
        var at: Date
        var leave: Leave
        var child: String
        var answer: TokenAnswer
    }

    private let configuration: SandboxConfiguration
    private var random: SeededGenerator
    private var access: [String: Held] = [:]
    private var refresh: [String: Held] = [:]
    private var spent: [String: Spent?] = [:]
    private var codes: [String: Code] = [:]
    private var lastRotation: (old: String, new: String)?
    /// Seconds for which a rotated refresh token whose successor is unused may be used again; 0 is strict.
    var graceSeconds: Int
    /// Whether that brings the same pair again instead of a new one.
    var graceRepeats: Bool

    init(_ configuration: SandboxConfiguration) {
        self.configuration = configuration
        graceSeconds = configuration.graceSeconds
        graceRepeats = configuration.graceRepeats
        let salt = UInt64(bitPattern: Int64(configuration.now().timeIntervalSince1970 * 1_000_000))
        random = SeededGenerator(seed: configuration.seed ^ salt)
        restore()
    }

    private func inForce(for seconds: Int, _ leave: Leave) -> Held {
        Held(expires: configuration.now().addingTimeInterval(Double(seconds)), leave: leave)
    }

    // MARK: the token endpoint

    /// Answers a token request from its form, by RFC 6749 as the platform plays it.
    mutating func answer(_ form: [String: String]) -> TokenAnswer {
        guard form["client_id"] == configuration.clientID, form["client_secret"] == configuration.clientSecret else {
            return .refused(status: 401, error: "invalid_client", description: "unknown client or wrong secret")
        }
        switch form["grant_type"] {
        case "refresh_token": return refresh(form)
        case "authorization_code": return exchange(form)
        default:
            return .refused(
                status: 400, error: "unsupported_grant_type",
                description: "only authorization_code and refresh_token are supported")
        }
    }

    private mutating func refresh(_ form: [String: String]) -> TokenAnswer {
        guard let token = form["refresh_token"] else {
            return .refused(status: 400, error: "invalid_request", description: "refresh_token is missing")
        }
        let now = configuration.now()
        if let held = refresh.removeValue(forKey: token) {
            if held.expires > now { return rotate(token, held.leave) }
            spent[token] = .some(nil)
        }
        if let before = spent[token] ?? nil, graceSeconds > 0,
            now < before.at.addingTimeInterval(Double(graceSeconds)), refresh[before.child] != nil
        {
            if graceRepeats { return before.answer }
            refresh[before.child] = nil
            return rotate(token, before.leave)
        }
        if spent[token] == nil, configuration.acceptsUnknownRefreshTokens {
            return rotate(token, Leave(accounts: configuration.accountIDs))
        }
        return .refused(status: 400, error: "invalid_grant", description: "refresh token reuse detected")
    }

    private mutating func rotate(_ token: String, _ leave: Leave) -> TokenAnswer {
        let (answer, next) = grant(leave)
        spent[token] = Spent(at: configuration.now(), leave: leave, child: next, answer: answer)
        lastRotation = (token, next)
        return answer
    }

    private mutating func exchange(_ form: [String: String]) -> TokenAnswer {
        guard let text = form["code"], let code = codes.removeValue(forKey: text), code.expires > configuration.now()
        else {
            return .refused(status: 400, error: "invalid_grant", description: "unknown, used or expired code")
        }
        guard form["redirect_uri"] == code.redirect else {
            return .refused(status: 400, error: "invalid_grant", description: "redirect_uri does not match")
        }
        if let challenge = code.challenge {
            let verifier = form["code_verifier"] ?? ""
            let proof = code.isPlain ? verifier : Hashing.base64URL(Hashing.sha256(verifier.utf8))
            guard proof == challenge else {
                return .refused(status: 400, error: "invalid_grant", description: "code_verifier does not match")
            }
        }
        return grant(code.leave).answer
    }

    private mutating func grant(_ leave: Leave) -> (answer: TokenAnswer, refresh: String) {
        let now = configuration.now()
        let held = inForce(for: configuration.accessTokenSeconds, leave)
        let token = webToken(issued: now, expires: held.expires, leave.accounts)
        let next = "rt-" + String(random.next(), radix: 36) + String(random.next(), radix: 36)
        access[token] = held
        refresh[next] = inForce(for: configuration.refreshTokenSeconds, leave)
        return (.granted(access: token, refresh: next, seconds: configuration.accessTokenSeconds), next)
    }

    private mutating func webToken(issued: Date, expires: Date, _ accounts: [String]) -> String {
        let names =
            configuration.namesOrganisations
            ? #","org_names":[\#(accounts.indices.map { #""Sample Organisation \#($0 + 1)""# }.joined(separator: ","))]"#
            : ""
        let accounts = accounts.map { "\"\($0)\"" }.joined(separator: ",")
        let payload = """
            {"iss":"sandbox","sub":"consenting-user","iat":\(Int(issued.timeIntervalSince1970)),\
            "exp":\(Int(expires.timeIntervalSince1970)),"jti":"\(random.next())","org_ids":[\(accounts)]\(names)}
            """
        return [#"{"alg":"none","typ":"JWT"}"#, payload, "sandbox"].map { Hashing.base64URL($0.utf8) }.joined(
            separator: ".")
    }

    // MARK: consent

    /// A new code for a consent, good once and for ten minutes.
    mutating func code(_ leave: Leave, redirect: String, challenge: String?, isPlain: Bool) -> String {
        let code = "code-" + String(random.next(), radix: 36)
        codes[code] = Code(
            leave: leave, redirect: redirect, challenge: challenge, isPlain: isPlain,
            expires: configuration.now().addingTimeInterval(600))
        return code
    }

    // MARK: bearers

    /// Whether the access token is known and still good.
    mutating func isGood(_ bearer: String) -> Bool {
        guard let held = access[bearer] else { return false }
        if held.expires > configuration.now() { return true }
        access[bearer] = nil
        return false
    }

    /// Whether a good access token may read an organisation's records.
    func mayRead(_ account: String, _ bearer: String) -> Bool {
        guard let leave = access[bearer]?.leave, leave.mayRead else { return false }
        return leave.accounts.contains { $0.lowercased() == account.lowercased() }
    }

    /// Ends one access token, or all of them.
    mutating func expire(_ bearer: String? = nil) {
        if let bearer { access[bearer] = nil } else { access.removeAll() }
    }

    /// Ends every refresh token, as a withdrawn consent does.
    mutating func revoke() {
        access.removeAll()
        for token in refresh.keys { spent[token] = .some(nil) }
        refresh.removeAll()
    }

    /// Forgets the last rotation, as a platform does that lost its newest data: the new token is dead, the old one
    /// good.
    mutating func rollBack() {
        guard let (old, new) = lastRotation else { return }
        let leave = refresh.removeValue(forKey: new)?.leave ?? Leave(accounts: configuration.accountIDs)
        access.removeAll()
        spent[new] = .some(nil)
        spent[old] = nil
        refresh[old] = inForce(for: configuration.refreshTokenSeconds, leave)
        lastRotation = nil
    }

    /// Makes the configured refresh token good again.
    mutating func restore() {
        spent[configuration.refreshToken] = nil
        refresh[configuration.refreshToken] = inForce(
            for: configuration.refreshTokenSeconds, Leave(accounts: configuration.accountIDs))
    }
}
