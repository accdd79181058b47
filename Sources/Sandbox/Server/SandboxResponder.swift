import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization

/// Routes a request to what answers it: consent and tokens, data, or the controls.
struct SandboxResponder: HTTPResponder {
    typealias Context = SandboxContext
    let state: SandboxState

    func respond(to request: Request, context: SandboxContext) async throws -> Response {
        let parts = RequestParts(request)
        if state.clock.withLock({ $0.isOwn }) { try await context.tellTime(of: state) }
        var response = try await route(request, parts, context)
        response.headers[.date] = PlatformClock.header(state.platformNow)
        return response
    }

    private func route(_ request: Request, _ parts: RequestParts, _ context: SandboxContext) async throws -> Response {
        switch parts.path.first?.lowercased() {
        case "sandbox":
            return try await ControlRoutes(state: state).respond(to: request, parts)
        case "oauth":
            return try await AuthorisationRoutes(state: state).respond(to: request, parts, context)
        default:
            return try await DataRoutes(state: state).respond(to: request, parts, context)
        }
    }
}
