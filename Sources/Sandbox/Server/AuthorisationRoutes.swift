import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization

/// The consent page and the token endpoint (reference 3.1).
struct AuthorisationRoutes: Sendable {
    let state: SandboxState

    func respond(to request: Request, _ parts: RequestParts, _ context: SandboxContext) async throws -> Response {
        switch (parts.method, parts.path.dropFirst().first?.lowercased()) {
        case (.get, "authorize"): return authorise(parts.query)
        case (.post, "consent"):
            let body = String(buffer: try await request.body.collect(upTo: 65_536))
            return decide(RequestParts.form(body))
        case (.post, "token"): return try await logged(request, parts, context)
        default: return .text(.notFound, #"{"error":"not_found"}"#)
        }
    }

    // MARK: consent

    /// Shows the page on which a person decides; a platform that refuses on its own sends the browser back at once.
    private func authorise(_ query: [String: String]) -> Response {
        guard query["client_id"] == state.configuration.clientID, query["redirect_uri"]?.isEmpty == false,
            query["response_type"] == "code"
        else {
            return .text(.badRequest, "<html><body><h1>Invalid request</h1></body></html>", type: "text/html")
        }
        if state.switches.withLock({ $0.refusesConsent }) { return decide(query) }
        let page = ConsentPage(query: query, organisations: state.configuration.accountIDs)
        return .text(.ok, page.html, type: "text/html; charset=utf-8")
    }

    /// Sends the browser back with what the person decided.
    private func decide(_ form: [String: String]) -> Response {
        guard form["client_id"] == state.configuration.clientID, let redirect = form["redirect_uri"], !redirect.isEmpty
        else { return .text(.badRequest, "<html><body><h1>Invalid request</h1></body></html>", type: "text/html") }
        var fields: [(String, String)]
        if form["decision"] == "approve", !state.switches.withLock({ $0.refusesConsent }) {
            let code = state.tokens.withLock {
                $0.code(
                    ConsentPage.leave(form, organisations: state.configuration.accountIDs), redirect: redirect,
                    challenge: form["code_challenge"],
                    isPlain: form["code_challenge_method"]?.lowercased() != "s256")
            }
            fields = [("code", code)]
        } else {
            fields = [("error", "access_denied"), ("error_description", "The user refused access.")]
        }
        if let state = form["state"] { fields.append(("state", state)) }
        let text = fields.map { "\($0)=\(AuthorisationRoutes.encoded($1))" }.joined(separator: "&")
        return Response(
            status: .found, headers: [.location: redirect + (redirect.contains("?") ? "&" : "?") + text])
    }

    private static func encoded(_ text: String) -> String {
        let plain = CharacterSet.alphanumerics.intersection(CharacterSet(charactersIn: " "..."~"))
            .union(CharacterSet(charactersIn: "-._~"))
        return text.addingPercentEncoding(withAllowedCharacters: plain) ?? text
    }

    // MARK: tokens

    private func logged(_ request: Request, _ parts: RequestParts, _ context: SandboxContext) async throws -> Response {
        let call = LoggedCall(
            number: 0, method: "POST", target: parts.target, bearer: "", account: "", started: state.now)
        let number = state.log.withLock { $0.begin(call) }
        defer { state.log.withLock { $0.end() } }
        let platformNow = state.platformNow
        let fault = state.faults.withLock { $0.next(path: parts.target, query: parts.rawQuery, now: platformNow) }
        let response: Response
        do {
            response = try await token(request, parts, fault, context)
        } catch {
            state.log.withLock { $0.update(number) { $0.fault = fault?.kind.rawValue } }
            throw error
        }
        let now = state.now
        state.log.withLock {
            $0.update(number) { call in
                (call.status, call.fault) = (response.status.code, fault?.kind.rawValue)
                (call.headers, call.finished, call.bytes) = (now, now, response.body.contentLength ?? 0)
            }
        }
        return response
    }

    private func token(
        _ request: Request, _ parts: RequestParts, _ fault: Fault?, _ context: SandboxContext
    ) async throws -> Response {
        let body = String(buffer: try await request.body.collect(upTo: 65_536))
        if let early = try await early(fault, parts, context) { return early }
        if request.headers[.authorization] != nil {
            return refusal(401, "invalid_client", "Basic authentication is not supported; send the client in the body")
        }
        guard request.headers[.contentType]?.lowercased().hasPrefix("application/x-www-form-urlencoded") == true else {
            return refusal(400, "invalid_request", "the body must be application/x-www-form-urlencoded")
        }
        switch state.tokens.withLock({ $0.answer(RequestParts.form(body)) }) {
        case .refused(let status, let error, let description): return refusal(status, error, description)
        case .granted(let access, let refresh, let seconds):
            if fault?.kind == .answerLost { throw await context.reset() }
            if let fault, fault.kind == .hold { await state.held.hold(fault.name) }
            let status = fault.flatMap { $0.kind == .grantedStatus ? $0.status ?? $0.kind.status : nil }
            return .text(
                .init(code: status ?? 200),
                """
                {"access_token":"\(access)","expires_in":\(seconds),"token_type":"Bearer",\
                "refresh_token":"\(refresh)","scope":"openid profile email workflowmax offline_access"}
                """, headers: [.cacheControl: "no-store"])
        }
    }

    /// The answer of a fault that leaves the tokens alone; nil lets the request go on.
    private func early(_ fault: Fault?, _ parts: RequestParts, _ context: SandboxContext) async throws -> Response? {
        guard let fault else { return nil }
        switch fault.kind {
        case .status403: return .text(.forbidden, #"{"error":"forbidden"}"#)
        case .status500: return .text(.internalServerError, "")
        case .reset: throw await context.reset()
        case .invalidGrant:
            return refusal(
                fault.status ?? fault.kind.status, "invalid_grant", fault.text ?? "refresh token reuse detected")
        case .slowFirstByte:
            try await Task.sleep(for: .milliseconds(fault.milliseconds))
            return nil
        default: return FaultAnswers(parts: parts, now: state.platformNow).answer(fault)
        }
    }

    private func refusal(_ status: Int, _ error: String, _ description: String) -> Response {
        .text(.init(code: status), #"{"error":"\#(error)","error_description":"\#(description)"}"#)
    }
}
