import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization

/// The controls under `/sandbox/`, without authorisation; every answer is JSON.
///
/// | call | what it does |
/// |---|---|
/// | `GET /sandbox` | seed, day, first day, accounts and row counts |
/// | `GET`, `POST`, `DELETE /sandbox/faults` | lists, adds (a `Fault`, a list, or a query), removes faults |
/// | `GET /sandbox/held` | waits until `count` answers are held under `name`, and answers how many are |
/// | `POST /sandbox/release` | sends the answers held under `name`, or all |
/// | `POST /sandbox/tokens/expire` | ends every access token |
/// | `POST /sandbox/tokens/revoke` | ends access and refresh tokens, as a withdrawn consent does |
/// | `POST /sandbox/tokens/restore` | makes the configured refresh token good again |
/// | `POST /sandbox/tokens/rollback` | forgets the last rotation: the new refresh token is dead, the old one good |
/// | `POST /sandbox/tokens/grace?seconds=1800&repeats=true` | lets a rotated refresh token be used again |
/// | `GET`, `DELETE /sandbox/log` | lists, removes the calls seen |
/// | `GET`, `POST /sandbox/switches` | shows, sets the `Switches`, such as `{"listsDrafts": true}` |
/// | `GET /sandbox/truth/{entity}` | counts, sums; `from`, `to` (inclusive), `drafts`, `keys`, `rows`, `account` |
/// | `GET /sandbox/first-day` | the earliest day any row is filed under |
/// | `POST`, `DELETE /sandbox/edit` | changes and adds rows (an `EditRequest` or a list); undoes all changes |
/// | `POST /sandbox/mutate` | `count` random edits from a `seed`, answered as JSON lines, each an `EditRequest` |
/// | `POST /sandbox/{faults,log,edit,clock}/clear` | the same as `DELETE` of it |
/// | `GET`, `POST`, `DELETE /sandbox/clock` | shows, sets (`shift` in seconds, `at` an instant), resets the clock |
struct ControlRoutes: Sendable {
    let state: SandboxState

    func respond(to request: Request, _ parts: RequestParts) async throws -> Response {
        let body = try await request.body.collect(upTo: 1 << 20)
        let path = parts.path.dropFirst().map { $0.lowercased() }
        switch (parts.method, path.first, path.count) {
        case (.get, nil, _): return try summary()
        case (_, "faults", 1): return try faults(parts, body)
        case (.post, let name?, 2) where path[1] == "clear": return clear(name, parts)
        case (.post, "tokens", 2): return tokens(path[1], parts.query)
        case (.post, "release", 1):
            return .text(.ok, #"{"released":\#(state.held.release(parts.query["name"]))}"#)
        case (.get, "held", 1):
            let count = parts.query["count"].flatMap { Int($0) } ?? 0
            return .text(.ok, #"{"held":\#(await state.held.held(parts.query["name"], atLeast: count))}"#)
        case (.get, "log", 1): return try .json(state.log.withLock { $0.kept })
        case (.delete, "log", 1):
            state.log.withLock { $0.removeAll() }
            return done
        case (.get, "truth", 2): return try truth(path[1], parts.query)
        case (.get, "first-day", 1): return firstDay(parts.query)
        case (.post, "edit", 1): return try edit(parts.query, body)
        case (.delete, "edit", 1):
            state.organisation(parts.query["account"])?.restore()
            return done
        case (.post, "mutate", 1): return try mutate(parts.query)
        case (_, "clock", 1): return clock(parts)
        case (_, "switches", 1): return try switches(parts, body)
        default: return .text(.notFound, #"{"error":"no such control"}"#)
        }
    }

    /// What `DELETE` does, for clients that only post.
    private func clear(_ name: String, _ parts: RequestParts) -> Response {
        switch name {
        case "faults": forgetFaults(parts.query)
        case "log": state.log.withLock { $0.removeAll() }
        case "clock": state.clock.withLock { $0 = PlatformClock() }
        case "edit": state.organisation(parts.query["account"])?.restore()
        default: return .text(.notFound, #"{"error":"no such control"}"#)
        }
        return done
    }

    private var done: Response { .text(.ok, #"{"done":true}"#) }

    func bad(_ text: String) -> Response {
        .text(.badRequest, #"{"error":"\#(text.filter { $0 != "\"" && $0 != "\\" && !$0.isNewline })"}"#)
    }

    private struct Summary: Encodable {
        var seed: UInt64
        var today: String
        var firstDay: String
        var accounts: [String]
        var counts: [String: Int]
    }

    private func summary() throws -> Response {
        guard let selection = state.organisation(nil)?.selection(state.switches.withLock { $0 }) else {
            return bad("no organisation")
        }
        var counts: [String: Int] = [:]
        for kind in RowKind.allCases where kind != .unknown { counts["\(kind)"] = selection.count(kind) }
        return try .json(
            Summary(
                seed: state.configuration.seed, today: "\(state.configuration.today)",
                firstDay: "\(selection.renderer.sample.firstDay)", accounts: state.configuration.accountIDs,
                counts: counts))
    }

    private func faults(_ parts: RequestParts, _ body: ByteBuffer) throws -> Response {
        switch parts.method {
        case .get: return try .json(state.faults.withLock { $0.waiting })
        case .delete:
            forgetFaults(parts.query)
            return done
        case .post:
            var wanted: [Fault] = []
            if body.readableBytes > 0 {
                let bytes = Data(body.readableBytesView)
                do {
                    wanted =
                        try (try? JSONDecoder().decode([Fault].self, from: bytes))
                        ?? [JSONDecoder().decode(Fault.self, from: bytes)]
                } catch {
                    return bad(
                        "A fault needs a kind of \(FaultKind.allCases.map(\.rawValue).joined(separator: ", ")).")
                }
            } else if let fault = Fault(query: parts.query) {
                wanted = [fault]
            }
            if wanted.isEmpty { return bad("No fault, or no such kind.") }
            state.faults.withLock { waiting in wanted.forEach { waiting.add($0) } }
            return done
        default: return .text(.methodNotAllowed, "")
        }
    }

    /// Removes the faults of `kind` and `match`, or all of them, whose held answers then go out too.
    private func forgetFaults(_ query: [String: String]) {
        let kind = query["kind"].flatMap { FaultKind(rawValue: $0) }
        state.faults.withLock { $0.remove(kind: kind, match: query["match"]) }
        if query["kind"] == nil, query["match"] == nil { state.held.release() }
    }

    private func tokens(_ verb: String, _ query: [String: String]) -> Response {
        switch verb {
        case "rollback": state.tokens.withLock { $0.rollBack() }
        case "grace":
            guard let seconds = query["seconds"].flatMap({ Int($0) }), seconds >= 0 else { return bad("seconds") }
            state.tokens.withLock { ($0.graceSeconds, $0.graceRepeats) = (seconds, query["repeats"] == "true") }
        case "expire": state.tokens.withLock { $0.expire() }
        case "revoke": state.tokens.withLock { $0.revoke() }
        case "restore": state.tokens.withLock { $0.restore() }
        default: return .text(.notFound, #"{"error":"no such control"}"#)
        }
        return done
    }

    private func switches(_ parts: RequestParts, _ body: ByteBuffer) throws -> Response {
        if parts.method == .post {
            guard
                let wanted = try? JSONDecoder().decode(
                    [String: Switches.Value].self, from: Data(body.readableBytesView))
            else {
                return bad("Send an object of switches and true, false or a number.")
            }
            for (name, value) in wanted where !state.switches.withLock({ $0.set(name, value) }) {
                return bad("There is no switch \(name) that takes such a value.")
            }
        }
        return try .json(state.switches.withLock { $0 })
    }
}
