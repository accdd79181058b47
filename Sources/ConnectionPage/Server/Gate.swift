internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import Inflow
internal import NIOCore

/// Who stands before the door: finds the session of a request, and checks what it may do and where it comes from.
struct Gate: Sendable {
    let entry: any EntryService
    let doors: Doors

    private static let cookie = "inflow_session"

    /// Who makes a request; `nil` without a good session.
    func visitor(_ request: Request) async throws -> Visitor? {
        guard let secret = secret(request) else { return nil }
        return try await entry.visitor(session: secret)
    }

    /// What the browser sends of its session; `nil` where it has none.
    func secret(_ request: Request) -> String? {
        request.cookies[Gate.cookie]?.value.prefix(200).description
    }

    /// The cookie of a session: no script reads it, and no request from another site carries it.
    func sessionCookie(_ secret: String) -> Cookie {
        Cookie(
            name: Gate.cookie, value: secret, path: "/", secure: doors.isSecure, httpOnly: true,
            sameSite: .lax)
    }

    /// The cookie that ends a session in the browser.
    func endedCookie() -> Cookie {
        Cookie(
            name: Gate.cookie, value: "", maxAge: 0, path: "/", secure: doors.isSecure, httpOnly: true,
            sameSite: .lax)
    }

    func checked(
        _ request: Request, _ context: PageContext, _ visitor: Visitor, _ right: PageRight
    ) throws -> PageRequest {
        let asked = PageRequest(request, context, visitor, client(request, context))
        // A connection that the visitor may not see does not exist for the visitor.
        if let connection = asked.connection, !visitor.may(.view, with: connection) { throw PageProblem.noSuchPage }
        guard visitor.may(right, with: asked.connection) else { throw PageProblem.notAllowed(right, visitor) }
        return asked
    }

    /// Where a request comes from: through a trusted proxy, what the proxy says.
    func client(_ request: Request, _ context: PageContext) -> Client {
        var address = context.remoteAddress?.ipAddress ?? "unknown"
        if doors.proxies.contains(address), let name = HTTPField.Name("X-Forwarded-For"),
            let forwarded = request.headers[name]?.split(separator: ",").last
        {
            address = forwarded.trimmed
        }
        return Client(address: address, browser: request.headers[.userAgent] ?? "")
    }

    /// Refuses what a page of another site sent.
    static func checkOrigin(_ request: Request) throws {
        let site = HTTPField.Name("Sec-Fetch-Site").flatMap { request.headers[$0] }
        let isOurs = site.map { ["same-origin", "none"].contains($0) } ?? true
        let origin = request.headers[.origin].flatMap { URL(string: $0) }
        let host = origin.map { url in (url.host() ?? "") + (url.port.map { ":\($0)" } ?? "") }
        // Browsers leave out the port that belongs to the scheme.
        let isSameHost = host.map { $0 == request.head.authority } ?? (request.headers[.origin] == nil)
        guard isOurs, isSameHost else {
            throw PageProblem(
                .forbidden, "Another site sent this", "Inflow did nothing. Press the button on Inflow's own page.")
        }
    }

    static func wayIn(_ request: Request) -> Response {
        let wanted = request.uri.string
        guard wanted != "/", Address.isLocal(wanted) else { return .redirect(to: "/sign-in", type: .normal) }
        return .redirect(to: "/sign-in?next=\(Address.part(wanted))", type: .normal)
    }
}

/// Compares two secrets in a time that does not tell where they differ.
func isSame(_ one: String, _ other: String) -> Bool {
    let (one, other) = (Array(one.utf8), Array(other.utf8))
    guard one.count == other.count else { return false }
    return zip(one, other).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
}
