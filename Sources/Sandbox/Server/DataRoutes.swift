import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization

/// The data endpoints: bearer, account, limits, faults, then the rows.
struct DataRoutes: Sendable {
    let state: SandboxState

    func respond(to request: Request, _ parts: RequestParts, _ context: SandboxContext) async throws -> Response {
        let bearer = DataRoutes.bearer(request)
        let account = DataRoutes.accountNames.lazy.compactMap { request.headers[$0] }.first
        let entry = OpenCall(
            state: state,
            LoggedCall(
                number: 0, method: parts.method.rawValue, target: parts.target,
                bearer: DataRoutes.hash(bearer), account: account ?? "", started: state.now))
        guard let bearer, state.tokens.withLock({ $0.isGood(bearer) }) else {
            return entry.answered(.text(.unauthorized, #"{"message":"The access token is missing or expired."}"#))
        }
        guard let account, let organisation = state.organisation(account),
            state.tokens.withLock({ $0.mayRead(account, bearer) })
        else {
            return entry.answered(.text(.forbidden, #"{"message":"The account is missing or not yours."}"#))
        }
        let now = state.now
        let (refusal, remaining) = organisation.limiter.withLock { ($0.admit(now: now), $0.remaining(now: now)) }
        if let refusal {
            entry.problem(refusal.problem)
            return entry.answered(DataRoutes.tooMany(refusal))
        }
        entry.holds(organisation)
        guard parts.method == .get else { return entry.answered(.text(.methodNotAllowed, "")) }
        let platformNow = state.platformNow
        let fault = state.faults.withLock {
            $0.next(path: parts.target, query: parts.rawQuery, now: platformNow)
        }
        if let fault { entry.fault(fault) }
        if let response = try await early(fault, bearer: bearer, parts, context) { return entry.answered(response) }
        var response = try await rows(parts, organisation, fault: fault, entry: entry, context)
        if let minute = remaining.minute { response.headers[DataRoutes.minuteName] = "\(minute)" }
        if let day = remaining.day { response.headers[FaultAnswers.dayName] = "\(day)" }
        // The answer is made from the rows of this moment and sent when it is released.
        if let fault, fault.kind == .hold { await state.held.hold(fault.name) }
        return response
    }

    // MARK: names

    /// The account's header in generations G3, G4 and G2.
    private static let accountNames = ["account_id", "account-id", "Xero-Tenant-Id"].compactMap { HTTPField.Name($0) }
    private static let minuteName = HTTPField.Name("X-MinLimit-Remaining") ?? .from

    private static func bearer(_ request: Request) -> String? {
        guard let text = request.headers[.authorization], text.lowercased().hasPrefix("bearer ") else { return nil }
        return String(text.dropFirst(7))
    }

    private static func hash(_ bearer: String?) -> String {
        guard let bearer else { return "" }
        let hash = bearer.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        return String(String(hash, radix: 16).prefix(8))
    }

    private static func tooMany(_ refusal: CallLimiter.Refusal) -> Response {
        Response(
            status: .tooManyRequests,
            headers: [.retryAfter: "\(refusal.retryAfter)", FaultAnswers.problemName: refusal.problem])
    }

    // MARK: faults before the rows

    private func early(
        _ fault: Fault?, bearer: String, _ parts: RequestParts, _ context: SandboxContext
    ) async throws -> Response? {
        guard let fault else { return nil }
        switch fault.kind {
        case .reset: throw await context.reset()
        case .slowFirstByte:
            try await Task.sleep(for: .milliseconds(fault.milliseconds))
            return nil
        case .expireToken:
            state.tokens.withLock { $0.expire(bearer) }
            return .text(.unauthorized, #"{"message":"The access token is missing or expired."}"#)
        case .unknownKey:
            return unknown(parts.path.last { $0.lowercased() != "customfield" } ?? "", state.switches.withLock { $0 })
        default: return FaultAnswers(parts: parts, now: state.platformNow).answer(fault)
        }
    }

    /// The platform's own answer to a key that it does not know; the only one that says that a record does not exist.
    private func unknown(_ identifier: String, _ switches: Switches) -> Response {
        let text = switches.unknownIsUnnamed ? "The record could not be found." : "Nothing is known by \(identifier)."
        return FaultAnswers.xml(switches.unknownIsStatusError ? 200 : 404, FaultAnswers.error(text))
    }

    // MARK: rows

    private func rows(
        _ parts: RequestParts, _ organisation: SandboxOrganisation, fault: Fault?, entry: OpenCall,
        _ context: SandboxContext
    ) async throws -> Response {
        let switches = state.switches.withLock { $0 }
        let selection = organisation.selection(switches)
        if parts.path.suffix(2).map({ $0.lowercased() }) == ["v2", "job-status"] {
            return entry.answered(.text(.ok, selection.jobStates))
        }
        guard let start = parts.path.firstIndex(where: { $0.lowercased().hasSuffix(".api") }) else {
            return entry.answered(FaultAnswers.xml(404, FaultAnswers.error("No such path.")))
        }
        var query = parts.query
        if fault?.kind == .repeatPage, let page = query["page"].flatMap({ Int($0) }), page > 1 {
            query["page"] = "\(page - 1)"
        }
        if fault?.kind == .headerOnly { query["detailed"] = nil }
        let endpoints = Endpoints(
            selection: selection, configuration: switches, path: Array(parts.path[start...]), query: query,
            thinning: fault?.thinning ?? .all)
        switch endpoints.answer() {
        case .refused(let status, let text):
            return entry.answered(FaultAnswers.xml(status, FaultAnswers.error(text)))
        case .unknown(let identifier): return entry.answered(unknown(identifier, switches))
        case .rows(let list):
            let body = PlannedBody(
                list: list, selection: selection, organisation: organisation, target: parts.target,
                keeps: state.configuration.cacheBodies)
            return entry.answered(body.response(fault, entry, context), isStreamed: true)
        }
    }
}

extension Selection {
    /// The job states as generation G4 lists them, in JSON.
    var jobStates: String {
        let states = renderer.sample.states.enumerated().map { index, name in
            #"{"uuid":"\#(renderer.sample.id(.jobState, index).text)","name":"\#(name)"}"#
        }
        return #"{"data":[\#(states.joined(separator: ","))],"total":\#(states.count)}"#
    }
}
