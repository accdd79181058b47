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
/// | `GET`, `POST`, `DELETE /sandbox/faults` | tells, adds (a `Fault`, a list, or a query), forgets faults |
/// | `POST /sandbox/tokens/expire` | ends every access token |
/// | `POST /sandbox/tokens/revoke` | ends access and refresh tokens, as a withdrawn consent does |
/// | `POST /sandbox/tokens/restore` | makes the configured refresh token good again |
/// | `POST /sandbox/tokens/rollback` | forgets the last rotation: the new refresh token is dead, the old one good |
/// | `POST /sandbox/tokens/grace?seconds=1800&repeats=true` | lets a rotated refresh token be used again |
/// | `GET`, `DELETE /sandbox/log` | tells, forgets the calls seen |
/// | `GET`, `POST /sandbox/switches` | tells, sets the `Switches`, such as `{"listsDrafts": true}` |
/// | `GET /sandbox/truth/{entity}` | counts, sums; `from`, `to` (inclusive), `drafts`, `keys`, `rows`, `account` |
/// | `GET /sandbox/first-day` | the earliest day any row is filed under |
/// | `POST`, `DELETE /sandbox/edit` | changes and adds rows (an `EditRequest` or a list); undoes all changes |
/// | `POST /sandbox/mutate` | `count` random edits from a `seed`, told as JSON lines, each an `EditRequest` |
/// | `POST /sandbox/{faults,log,edit,clock}/clear` | the same as `DELETE` of it |
/// | `GET`, `POST`, `DELETE /sandbox/clock` | tells, sets (`shift` in seconds, `at` an instant), sets right the clock |
struct ControlRoutes: Sendable {
    let stage: SandboxState

    func respond(to request: Request, _ parts: RequestParts) async throws -> Response {
        let body = try await request.body.collect(upTo: 1 << 20)
        let path = parts.path.dropFirst().map { $0.lowercased() }
        switch (parts.method, path.first, path.count) {
        case (.get, nil, _): return try summary()
        case (_, "faults", 1): return try faults(parts, body)
        case (.post, let name?, 2) where path[1] == "clear": return clear(name, parts)
        case (.post, "tokens", 2): return tokens(path[1], parts.query)
        case (.get, "log", 1): return try .json(stage.log.withLock { $0.kept })
        case (.delete, "log", 1):
            stage.log.withLock { $0.removeAll() }
            return done
        case (.get, "truth", 2): return try truth(path[1], parts.query)
        case (.get, "first-day", 1): return firstDay(parts.query)
        case (.post, "edit", 1): return try edit(parts.query, body)
        case (.delete, "edit", 1):
            stage.organisation(parts.query["account"])?.restore()
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
        case "faults": stage.faults.withLock { $0.removeAll() }
        case "log": stage.log.withLock { $0.removeAll() }
        case "clock": stage.clock.withLock { $0 = PlatformClock() }
        case "edit": stage.organisation(parts.query["account"])?.restore()
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
        guard let selection = stage.organisation(nil)?.selection(stage.switches.withLock { $0 }) else {
            return bad("no organisation")
        }
        var counts: [String: Int] = [:]
        for kind in RowKind.allCases where kind != .unknown { counts["\(kind)"] = selection.count(kind) }
        return try .json(
            Summary(
                seed: stage.configuration.seed, today: "\(stage.configuration.today)",
                firstDay: "\(selection.renderer.firm.firstDay)", accounts: stage.configuration.accountIDs,
                counts: counts))
    }

    private func faults(_ parts: RequestParts, _ body: ByteBuffer) throws -> Response {
        switch parts.method {
        case .get: return try .json(stage.faults.withLock { $0.waiting })
        case .delete:
            stage.faults.withLock { $0.removeAll() }
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
                        "A fault needs a kind of \(Fault.Kind.allCases.map(\.rawValue).joined(separator: ", ")).")
                }
            } else if let fault = Fault(query: parts.query) {
                wanted = [fault]
            }
            if wanted.isEmpty { return bad("No fault, or no such kind.") }
            stage.faults.withLock { waiting in wanted.forEach { waiting.add($0) } }
            return done
        default: return .text(.methodNotAllowed, "")
        }
    }

    private func tokens(_ verb: String, _ query: [String: String]) -> Response {
        switch verb {
        case "rollback": stage.tokens.withLock { $0.rollBack() }
        case "grace":
            guard let seconds = query["seconds"].flatMap({ Int($0) }), seconds >= 0 else { return bad("seconds") }
            stage.tokens.withLock { ($0.graceSeconds, $0.graceRepeats) = (seconds, query["repeats"] == "true") }
        case "expire": stage.tokens.withLock { $0.expire() }
        case "revoke": stage.tokens.withLock { $0.revoke() }
        case "restore": stage.tokens.withLock { $0.restore() }
        default: return .text(.notFound, #"{"error":"no such control"}"#)
        }
        return done
    }

    private func switches(_ parts: RequestParts, _ body: ByteBuffer) throws -> Response {
        if parts.method == .post {
            guard let wanted = try? JSONDecoder().decode([String: Bool].self, from: Data(body.readableBytesView)) else {
                return bad("Send an object of switches and true or false.")
            }
            for (name, value) in wanted where !stage.switches.withLock({ $0.set(name, value) }) {
                return bad("There is no switch \(name).")
            }
        }
        return try .json(stage.switches.withLock { $0 })
    }
}
