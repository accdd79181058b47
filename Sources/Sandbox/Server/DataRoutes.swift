import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization

/// The data endpoints: bearer, account, limits, faults, then the rows.
struct DataRoutes: Sendable {
    let stage: SandboxState

    func respond(to request: Request, _ parts: RequestParts, _ context: SandboxContext) async throws -> Response {
        let bearer = DataRoutes.bearer(request)
        let account = DataRoutes.accountNames.lazy.compactMap { request.headers[$0] }.first
        let entry = OpenCall(
            stage: stage,
            LoggedCall(
                number: 0, method: parts.method.rawValue, target: parts.target,
                bearer: DataRoutes.hash(bearer), account: account ?? "", started: stage.now))
        guard let bearer, stage.tokens.withLock({ $0.isGood(bearer) }) else {
            return entry.answered(.text(.unauthorized, #"{"message":"The access token is missing or expired."}"#))
        }
        guard let account, let organisation = stage.organisation(account),
            stage.tokens.withLock({ $0.mayRead(account, bearer) })
        else {
            return entry.answered(.text(.forbidden, #"{"message":"The account is missing or not yours."}"#))
        }
        let now = stage.now
        let (refusal, remaining) = organisation.limiter.withLock { ($0.admit(now: now), $0.remaining(now: now)) }
        if let refusal {
            entry.problem(refusal.problem)
            return entry.answered(DataRoutes.tooMany(refusal))
        }
        entry.holds(organisation)
        guard parts.method == .get else { return entry.answered(.text(.methodNotAllowed, "")) }
        let fault = stage.faults.withLock { $0.next(path: parts.target, query: parts.rawQuery) }
        if let fault { entry.fault(fault) }
        if let response = try await early(fault, bearer: bearer, context) { return entry.answered(response) }
        var response = try await rows(parts, organisation, fault: fault, entry: entry, context)
        if let minute = remaining.minute { response.headers[DataRoutes.minuteName] = "\(minute)" }
        if let day = remaining.day { response.headers[DataRoutes.dayName] = "\(day)" }
        return response
    }

    // MARK: names

    /// The account's header in generations G3, G4 and G2.
    private static let accountNames = ["account_id", "account-id", "Xero-Tenant-Id"].compactMap { HTTPField.Name($0) }
    private static let problemName = HTTPField.Name("X-Rate-Limit-Problem") ?? .from
    private static let minuteName = HTTPField.Name("X-MinLimit-Remaining") ?? .from
    private static let dayName = HTTPField.Name("X-DayLimit-Remaining") ?? .from

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
            headers: [.retryAfter: "\(refusal.retryAfter)", problemName: refusal.problem])
    }

    // MARK: faults before the rows

    private func early(_ fault: Fault?, bearer: String, _ context: SandboxContext) async throws -> Response? {
        guard let fault else { return nil }
        switch fault.kind {
        case .status403: return .text(.forbidden, #"{"message":"You may not."}"#)
        case .status500: return .text(.internalServerError, xmlError("Something went wrong."), type: "application/xml")
        case .status503: return .text(.serviceUnavailable, "")
        case .html502:
            return .text(.badGateway, "<html><body><h1>502 Bad Gateway</h1></body></html>", type: "text/html")
        case .status429:
            var headers = HTTPFields()
            if let seconds = fault.retryAfter {
                headers[.retryAfter] =
                    fault.asDate ? PlatformClock.header(stage.platformNow + Double(seconds)) : "\(seconds)"
            }
            if let problem = fault.problem { headers[DataRoutes.problemName] = problem }
            return Response(status: .tooManyRequests, headers: headers)
        case .reset: throw await context.reset()
        case .slowFirstByte:
            try await Task.sleep(for: .milliseconds(fault.milliseconds))
            return nil
        case .expireToken:
            stage.tokens.withLock { $0.expire(bearer) }
            return .text(.unauthorized, #"{"message":"The access token is missing or expired."}"#)
        case .emptyBody: return .text(.ok, "", type: "application/xml")
        case .errorStatus: return .text(.ok, xmlError("Sorry, something unexpected happened."), type: "application/xml")
        default: return nil
        }
    }

    private func xmlError(_ text: String) -> String {
        "<Response><Status>ERROR</Status><ErrorDescription>\(text)</ErrorDescription></Response>"
    }

    // MARK: rows

    private func rows(
        _ parts: RequestParts, _ organisation: SandboxOrganisation, fault: Fault?, entry: OpenCall,
        _ context: SandboxContext
    ) async throws -> Response {
        let switches = stage.switches.withLock { $0 }
        let selection = organisation.selection(switches)
        if parts.path.suffix(2).map({ $0.lowercased() }) == ["v2", "job-status"] {
            return entry.answered(.text(.ok, selection.jobStates))
        }
        guard let start = parts.path.firstIndex(where: { $0.lowercased().hasSuffix(".api") }) else {
            return entry.answered(.text(.notFound, xmlError("No such path."), type: "application/xml"))
        }
        var query = parts.query
        if fault?.kind == .repeatPage, let page = query["page"].flatMap({ Int($0) }), page > 1 {
            query["page"] = "\(page - 1)"
        }
        let endpoints = Endpoints(
            selection: selection, configuration: switches, path: Array(parts.path[start...]), query: query,
            thinning: fault?.thinning ?? .all)
        switch endpoints.answer() {
        case .refused(let status, let text):
            return entry.answered(.text(.init(code: status), xmlError(text), type: "application/xml"))
        case .unknown(let identifier):
            let text = xmlError("Nothing is known by \(identifier.filter { $0.isLetter || $0.isNumber || $0 == "-" }).")
            let status: HTTPResponse.Status = switches.unknownIsStatusError ? .ok : .notFound
            return entry.answered(.text(status, text, type: "application/xml"))
        case .rows(let list):
            let body = PlannedBody(
                list: list, selection: selection, organisation: organisation, target: parts.target,
                keeps: stage.configuration.cacheBodies)
            return entry.answered(body.response(fault, entry, context), isStreamed: true)
        }
    }
}

extension Selection {
    /// The job states as generation G4 lists them, in JSON.
    var jobStates: String {
        let states = renderer.firm.states.enumerated().map { index, name in
            #"{"uuid":"\#(renderer.firm.id(.jobState, index).text)","name":"\#(name)"}"#
        }
        return #"{"data":[\#(states.joined(separator: ","))],"total":\#(states.count)}"#
    }
}
