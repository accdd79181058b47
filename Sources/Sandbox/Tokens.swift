import Foundation

/// What the token endpoint answers.
enum TokenAnswer: Sendable {
    case granted(access: String, refresh: String, seconds: Int)
    case refused(status: Int, error: String, description: String)
}

/// Access tokens, rotating refresh tokens and consent codes; a state machine without I/O.
struct Tokens: Sendable {
    private struct Code: Sendable {
        var redirect: String
        var challenge: String?
        var isPlain: Bool
        var expires: Date
    }

    private let configuration: SandboxConfiguration
    private var random: Randomness
    private var access: [String: Date] = [:]
    private var refresh: [String: Date] = [:]
    private var spent: Set<String> = []
    private var codes: [String: Code] = [:]

    init(_ configuration: SandboxConfiguration) {
        self.configuration = configuration
        let salt = UInt64(bitPattern: Int64(configuration.now().timeIntervalSince1970 * 1_000_000))
        random = Randomness(seed: configuration.seed ^ salt)
        refresh[configuration.refreshToken] = configuration.now().addingTimeInterval(
            Double(configuration.refreshTokenSeconds))
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
        let expires = refresh.removeValue(forKey: token)
        let isForeign = expires == nil && !spent.contains(token) && configuration.acceptsUnknownRefreshTokens
        spent.insert(token)
        guard isForeign || (expires.map { $0 > configuration.now() } ?? false) else {
            return .refused(status: 400, error: "invalid_grant", description: "refresh token reuse detected")
        }
        return grant()
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
            let proof = code.isPlain ? verifier : Digest.base64(Digest.sha256(Array(verifier.utf8)))
            guard proof == challenge else {
                return .refused(status: 400, error: "invalid_grant", description: "code_verifier does not match")
            }
        }
        return grant()
    }

    private mutating func grant() -> TokenAnswer {
        let now = configuration.now()
        let expires = now.addingTimeInterval(Double(configuration.accessTokenSeconds))
        let token = webToken(issued: now, expires: expires)
        let next = "rt-" + String(random.next(), radix: 36) + String(random.next(), radix: 36)
        access[token] = expires
        refresh[next] = now.addingTimeInterval(Double(configuration.refreshTokenSeconds))
        return .granted(access: token, refresh: next, seconds: configuration.accessTokenSeconds)
    }

    private mutating func webToken(issued: Date, expires: Date) -> String {
        let accounts = configuration.accountIDs.map { "\"\($0)\"" }.joined(separator: ",")
        let payload = """
            {"iss":"sandbox","sub":"consenting-user","iat":\(Int(issued.timeIntervalSince1970)),\
            "exp":\(Int(expires.timeIntervalSince1970)),"jti":"\(random.next())","org_ids":[\(accounts)]}
            """
        return [#"{"alg":"none","typ":"JWT"}"#, payload, "sandbox"].map { Digest.base64($0.utf8) }.joined(
            separator: ".")
    }

    // MARK: consent

    /// A new code for a consent, good once and for ten minutes.
    mutating func code(redirect: String, challenge: String?, isPlain: Bool) -> String {
        let code = "code-" + String(random.next(), radix: 36)
        codes[code] = Code(
            redirect: redirect, challenge: challenge, isPlain: isPlain,
            expires: configuration.now().addingTimeInterval(600))
        return code
    }

    // MARK: bearers

    /// Whether the access token is known and still good.
    mutating func isGood(_ bearer: String) -> Bool {
        guard let expires = access[bearer] else { return false }
        if expires > configuration.now() { return true }
        access[bearer] = nil
        return false
    }

    /// Ends one access token, or all of them.
    mutating func expire(_ bearer: String? = nil) {
        if let bearer { access[bearer] = nil } else { access.removeAll() }
    }

    /// Ends every refresh token, as a withdrawn consent does.
    mutating func revoke() {
        access.removeAll()
        spent.formUnion(refresh.keys)
        refresh.removeAll()
    }

    /// Makes the configured refresh token good again.
    mutating func restore() {
        spent.remove(configuration.refreshToken)
        refresh[configuration.refreshToken] = configuration.now().addingTimeInterval(
            Double(configuration.refreshTokenSeconds))
    }
}
