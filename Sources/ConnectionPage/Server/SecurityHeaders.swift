internal import HTTPTypes
internal import Hummingbird

/// What every answer tells the browser: trust nothing from elsewhere, keep nothing, show this in no frame.
struct SecurityHeaders: RouterMiddleware {
    typealias Context = PageContext

    private static let policy = """
        default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
        form-action 'self'; frame-ancestors 'none'; base-uri 'none'
        """
    let isSecure: Bool

    func handle(
        _ request: Request, context: PageContext, next: (Request, PageContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        func set(_ name: String, _ value: String) {
            if let name = HTTPField.Name(name) { response.headers[name] = value }
        }
        set("Content-Security-Policy", Self.policy)
        set("X-Content-Type-Options", "nosniff")
        set("X-Frame-Options", "DENY")
        // Not "no-referrer": with it browsers send forms of this very server without their origin.
        set("Referrer-Policy", "same-origin")
        set("Cross-Origin-Opener-Policy", "same-origin")
        set("Cross-Origin-Resource-Policy", "same-origin")
        set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        if isSecure { set("Strict-Transport-Security", "max-age=31536000") }
        if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
        return response
    }
}
