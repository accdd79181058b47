import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization

/// The consent page and the token endpoint (reference 3.1).
struct AuthorisationRoutes: Sendable {
    let stage: SandboxState

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
        guard query["client_id"] == stage.configuration.clientID, query["redirect_uri"]?.isEmpty == false,
            query["response_type"] == "code"
        else {
            return .text(.badRequest, "<html><body><h1>Invalid request</h1></body></html>", type: "text/html")
        }
        if stage.switches.withLock({ $0.refusesConsent }) { return decide(query) }
        let page = ConsentPage(query: query, organisations: stage.configuration.accountIDs)
        return .text(.ok, page.html, type: "text/html; charset=utf-8")
    }

    /// Sends the browser back with what the person decided.
    private func decide(_ form: [String: String]) -> Response {
        guard form["client_id"] == stage.configuration.clientID, let redirect = form["redirect_uri"], !redirect.isEmpty
        else { return .text(.badRequest, "<html><body><h1>Invalid request</h1></body></html>", type: "text/html") }
        var fields: [(String, String)]
        if form["decision"] == "approve", !stage.switches.withLock({ $0.refusesConsent }) {
            let code = stage.tokens.withLock {
                $0.code(
                    ConsentPage.leave(form, organisations: stage.configuration.accountIDs), redirect: redirect,
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
            number: 0, method: "POST", target: parts.target, bearer: "", account: "", started: stage.now)
        let number = stage.log.withLock { $0.begin(call) }
        defer { stage.log.withLock { $0.end() } }
        let fault = stage.faults.withLock { $0.next(path: parts.target, query: parts.rawQuery) }
        let response: Response
        do {
            response = try await token(request, fault, context)
        } catch {
            stage.log.withLock { $0.update(number) { $0.fault = fault?.kind.rawValue } }
            throw error
        }
        let now = stage.now
        stage.log.withLock {
            $0.update(number) { call in
                (call.status, call.fault) = (response.status.code, fault?.kind.rawValue)
                (call.headers, call.finished, call.bytes) = (now, now, response.body.contentLength ?? 0)
            }
        }
        return response
    }

    private func token(_ request: Request, _ fault: Fault?, _ context: SandboxContext) async throws -> Response {
        let body = String(buffer: try await request.body.collect(upTo: 65_536))
        switch fault?.kind {
        case .status403: return .text(.forbidden, #"{"error":"forbidden"}"#)
        case .status500: return .text(.internalServerError, "")
        case .status503: return .text(.serviceUnavailable, "")
        case .html502:
            return .text(.badGateway, "<html><body><h1>502 Bad Gateway</h1></body></html>", type: "text/html")
        case .reset: throw await context.reset()
        case .invalidGrant:
            return refusal(400, "invalid_grant", "refresh token reuse detected")
        case .slowFirstByte: try await Task.sleep(for: .milliseconds(fault?.milliseconds ?? 0))
        default: break
        }
        if request.headers[.authorization] != nil {
            return refusal(401, "invalid_client", "Basic authentication is not supported; send the client in the body")
        }
        guard request.headers[.contentType]?.lowercased().hasPrefix("application/x-www-form-urlencoded") == true else {
            return refusal(400, "invalid_request", "the body must be application/x-www-form-urlencoded")
        }
        switch stage.tokens.withLock({ $0.answer(RequestParts.form(body)) }) {
        case .refused(let status, let error, let description): return refusal(status, error, description)
        case .granted(let access, let refresh, let seconds):
            if fault?.kind == .answerLost { throw await context.reset() }
            return .text(
                .ok,
                """
                {"access_token":"\(access)","expires_in":\(seconds),"token_type":"Bearer",\
                "refresh_token":"\(refresh)","scope":"openid profile email workflowmax offline_access"}
                """, headers: [.cacheControl: "no-store"])
        }
    }

    private func refusal(_ status: Int, _ error: String, _ description: String) -> Response {
        .text(.init(code: status), #"{"error":"\#(error)","error_description":"\#(description)"}"#)
    }
}
