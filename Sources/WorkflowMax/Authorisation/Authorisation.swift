public import Curl
public import Foundation
public import Inflow

/// The token endpoint: exchanges a refresh token, or the code of a consent, for a new pair of tokens.
///
/// Two paths lead here:
///
/// - A person consents. ``ConsentRequest`` builds the address of the consent page; the platform sends the browser back
///   with a code, which ``exchange(code:of:)`` turns into the first pair.
/// - Tokens expire. `TokenProvider` finds the access token too old, takes the refresh lease in the warehouse, so that
///   one process at a time refreshes, and calls ``exchange(refreshToken:)``.
///
/// Every refresh returns a new refresh token, and the platform invalidates the old one at once. So an
/// exchange here sends one request and is never cancelled. Only `TokenProvider`, which holds the lease, decides whether
/// to send a refresh again after a lost answer. The vault stores the pair before any call uses it.
///
/// Client id and secret go into the form-encoded body. The live server refuses a Basic header, and a token requested
/// with one names no organisation. Source: BlueRock, "API authentication"; reference §3.1.
public struct Authorisation: Sendable {
    /// The scopes that Inflow requests; `offline_access` makes the platform return a refresh token.
    static let scope = "openid profile email workflowmax offline_access"
    /// Life of an access token when the answer does not say it, in seconds.
    static let usualLife = 1_800.0

    private let address: String
    private let subject: String
    private let connectionName: String
    private let credentials: ClientCredentials
    private let transfer: Transfer
    private let now: Now

    /// The token endpoint of a connection.
    public init(
        connection: Connection, credentials: ClientCredentials, transfer: Transfer, now: @escaping Now = { Instant() }
    ) {
        address = connection.settings.tokenURL
        subject = "authorisation of \"\(connection.name)\""
        connectionName = connection.name
        self.credentials = credentials
        self.transfer = transfer
        self.now = now
    }

    /// Exchanges a refresh token; the pair's refresh token is the old one if the answer holds no new one.
    ///
    /// Call it from a task that nobody cancels: once the request is sent, the old token is invalid, and a cancelled
    /// task would lose the new one. Throws `consentNeeded`, `credentialsRefused`, `badConfiguration`, or the error of
    /// the call.
    public func exchange(refreshToken: String) async throws(SourceError) -> TokenPair {
        let form: [RequestURL.Parameter] = [
            .init(name: "grant_type", value: "refresh_token"), .init(name: "refresh_token", value: refreshToken),
            .init(name: "scope", value: Authorisation.scope),
        ]
        let (pair, hasRefresh) = try await pair(form, hiding: [refreshToken]) { response, error in
            refused(Authorisation.consentNeeded(connectionName), response, error)
        }
        guard !hasRefresh else { return pair }
        var kept = pair
        kept.refresh = refreshToken
        return kept
    }

    /// Exchanges the code of a consent.
    ///
    /// Throws `consentNeeded` if the platform does not accept the code (used, expired, or of another request), if it
    /// gives no refresh token, or if the person may not authorise applications; `credentialsRefused`, or the error of
    /// the call. Inflow sends a code once: the platform accepts it once.
    public func exchange(code: String, of request: ConsentRequest) async throws(SourceError) -> TokenPair {
        let form: [RequestURL.Parameter] = [
            .init(name: "grant_type", value: "authorization_code"), .init(name: "code", value: code),
            .init(name: "redirect_uri", value: request.redirectURL),
            .init(name: "code_verifier", value: request.verifier),
        ]
        let (pair, hasRefresh) = try await pair(form, hiding: [code, request.verifier]) { response, error in
            switch (response.status, error) {
            case (200..<500, "invalid_grant"):
                let words =
                    "WorkflowMax does not accept the code of this consent: it was used before, or it is too old. "
                    + "Nothing was changed. Run \"inflow authorise \(connectionName.shellWord)\" again."
                return refused(words, response, error)
            case (403, _): return SourceError(.consentNeeded, subject: subject, message: lacksPrivilege)
            default: return nil
            }
        }
        guard hasRefresh else {
            throw SourceError(
                .consentNeeded, subject: subject,
                message:
                    "WorkflowMax gave no refresh token, so the consent would end with the access token. Nothing was "
                    + "changed. Look whether the application may have \"offline_access\".")
        }
        return pair
    }

    /// The message for a person who consented without the privilege to authorise applications.
    public var lacksPrivilege: String {
        "The person who consented may not authorise applications for an organisation. \"\(connectionName)\" cannot be "
            + "read with this consent. Give that staff member the privilege \"Authorise 3rd Party Full Access\" in "
            + "WorkflowMax, or let one who has it consent: run \"inflow authorise \(connectionName.shellWord)\" again."
    }

    private func refused(_ words: String, _ response: CurlResponse, _ error: String?) -> SourceError? {
        guard (200..<500).contains(response.status), error == "invalid_grant" else { return nil }
        return SourceError(.consentNeeded, subject: subject, message: words)
    }

    /// Posts a form and reads the pair in the answer; `refusal` names the refusals with a special meaning for the
    /// grant.
    private func pair(
        _ grant: [RequestURL.Parameter], hiding secrets: [String],
        refusal: (CurlResponse, String?) -> SourceError?
    ) async throws(SourceError) -> (pair: TokenPair, hasRefresh: Bool) {
        let asked = now()
        let (response, body) = try await post(grant)
        let answer = try? JSONDecoder().decode(Answer.self, from: Data(body))
        let isSuccess = (200..<300).contains(response.status)
        // An error counts whatever the status is.
        guard isSuccess, answer?.error == nil || answer?.access.isEmpty == false else {
            let own = [answer?.access, answer?.refresh].compactMap(\.self)
            throw self.refusal(of: response, answer, hiding: secrets + own + [credentials.secret], refusal)
        }
        guard let answer, !answer.access.isEmpty else {
            let isPage = body.first { $0 > 32 } == UInt8(ascii: "<")
            throw SourceError(
                isPage ? .platformDown : .malformedAnswer, subject: subject,
                message:
                    "The token endpoint answered with something that is not a token. If it refuses the next refresh, "
                    + "authorise the connection again.",
                status: response.status)
        }
        let life = answer.life.map { min(max(0, $0), 86_400 * 365) } ?? Authorisation.usualLife
        let refresh = answer.refresh ?? ""
        let pair = TokenPair(
            access: answer.access, refresh: refresh, accessExpiresAt: asked.addingTimeInterval(life), issuedAt: asked)
        return (pair, !refresh.isEmpty)
    }

    /// The organisations an access token names (`org_ids`, else `org_id`), read without verifying its signature.
    public static func organisations(in accessToken: String) -> [Organisation] {
        OrganisationClaim.organisations(in: accessToken)
    }

    private func post(_ grant: [RequestURL.Parameter]) async throws(SourceError) -> (CurlResponse, [UInt8]) {
        let client: [RequestURL.Parameter] = [
            .init(name: "client_id", value: credentials.id), .init(name: "client_secret", value: credentials.secret),
        ]
        let form = RequestURL.form(Array(grant.prefix(2)) + client + Array(grant.dropFirst(2)))
        let request = CurlRequest(
            url: address, method: .post,
            headers: [("Content-Type", "application/x-www-form-urlencoded"), ("Accept", "application/json")],
            body: Array(form.utf8),
            limits: CurlLimits(
                connect: .seconds(30), firstByte: .seconds(60), idle: .seconds(30), total: .seconds(150)))
        do throws(CurlError) {
            let response = try await transfer.send(request)
            return (response, try await response.body.collect(atMost: 1 << 18))
        } catch {
            throw SourceError(error, subject: subject)
        }
    }

    private func refusal(
        of response: CurlResponse, _ answer: Answer?, hiding secrets: [String],
        _ special: (CurlResponse, String?) -> SourceError?
    ) -> SourceError {
        // The body may hold tokens in any form: of it, only these two fields are ever shown.
        let said = [answer?.error, answer?.errorDescription].compactMap(\.self).joined(separator: ": ")
        let detail = ErrorResponse.hide(secrets, in: String(said.prefix(300)))
        func error(_ code: SourceError.Code, _ message: String) -> SourceError {
            SourceError(
                code, subject: subject, message: message, detail: detail, status: response.status,
                retryAfter: RetryAfter.seconds(in: response.headers, at: response.headersAt))
        }
        if let special = special(response, answer?.error) { return error(special.code, special.message) }
        switch (response.status, answer?.error) {
        case (401, _), (200..<500, "invalid_client"), (200..<500, "unauthorized_client"):
            return error(
                .credentialsRefused,
                "WorkflowMax does not accept the application's client id and secret. No data was changed. "
                    + "Look at the setting client-id and the client secret.")
        case (429, _): return error(.rateLimited, "WorkflowMax refuses to refresh the token for now (429).")
        case (403, _): return error(.forbidden, "WorkflowMax refuses to refresh the token (403). No data was changed.")
        case (408, _), (500..., _):
            return error(
                .platformDown,
                "The token endpoint is not working (\(response.status)). No data was changed; Inflow tries again.")
        case (404, _), (300..<400, _):
            return error(
                .badConfiguration, "There is no token endpoint at the address. Look at the setting token-url.")
        default:
            // Not `badRequest`, which of a record asked for by key would be an answer: that there is no such record.
            return error(
                .badConfiguration,
                "The token endpoint does not understand the request (\(response.status)). No data was changed. Look at "
                    + "the setting token-url.")
        }
    }

    /// The remedy of a refused or missing refresh token, in words.
    static func consentNeeded(_ name: String) -> String {
        "WorkflowMax does not accept the refresh token of \"\(name)\". No data was changed, and Inflow "
            + "reads nothing more until you authorise the connection. " + ConsentWords.remedy(name)
    }

    /// The JSON of the token endpoint, both good and bad.
    private struct Answer: Decodable {
        let access: String
        let refresh: String?
        let life: Double?
        let error: String?
        let errorDescription: String?

        private enum CodingKeys: String, CodingKey {
            case access = "access_token"
            case refresh = "refresh_token"
            case life = "expires_in"
            case error
            case errorDescription = "error_description"
        }

        init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: CodingKeys.self)
            access = (try? fields.decode(String.self, forKey: .access)) ?? ""
            refresh = try? fields.decode(String.self, forKey: .refresh)
            life =
                (try? fields.decode(Double.self, forKey: .life))
                ?? (try? fields.decode(String.self, forKey: .life)).flatMap(Double.init)
            error = try? fields.decode(String.self, forKey: .error)
            errorDescription = try? fields.decode(String.self, forKey: .errorDescription)
        }
    }
}
