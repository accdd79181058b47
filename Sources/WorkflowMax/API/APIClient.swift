internal import Curl
internal import Inflow
internal import Logging

/// Makes calls: takes a permit from the quota and a token, sends the request, and handles 401 and 429.
///
/// A 401 refreshes the token once and asks again. A 429 of the minute is reported to the quota, which then holds back
/// every call of the organisation, in all processes, until the platform's `Retry-After`; the call is made again up to
/// ``mostRefusals`` times. A 429 of the day ends the reading. Every other status is an error with a code of its own,
/// and ``Sync``'s recovery policy decides what becomes of the chunk. The permit is given back when the answer's body
/// has been read, since the platform limits calls in flight too.
struct APIClient: Sendable {
    let settings: ConnectionSettings
    let tokens: TokenProvider
    let quota: any QuotaLedger
    let transfer: Transfer
    /// Decides whether a call of a chunk of many calls is made again after a number of tries; waits before it answers.
    let again: @Sendable (SourceError, Int) async -> Bool
    let logger: Logger

    /// How often a call refused with 429 is made again.
    static let mostRefusals = 5

    /// Asks until there is a good answer or an error.
    ///
    /// `traffic` counts every call, and the bytes of refused answers. `sentAt` is set to the moment the call is sent,
    /// unless an earlier call has set it: nothing that the platform learns later can be missing from the answer.
    func ask(
        _ request: APIRequest, counting traffic: inout Traffic, sentAt: inout ContinuousClock.Instant?
    ) async throws(SourceError) -> APIResponse {
        var refusals = 0
        var refused: Int64?
        while true {
            let asked = ContinuousClock.now
            let permit = try await CallPermit(quota)
            traffic.waited += asked.duration(to: .now) / .seconds(1)
            let answer: CurlResponse
            let sent: (token: String, generation: Int64)
            do throws(SourceError) {
                sent = try await token(past: refused)
                sentAt = sentAt ?? .now
                answer = try await send(request, token: sent.token, counting: &traffic)
            } catch {
                await permit.giveBack()
                throw error
            }
            await quota.answered(permit.call, left: CallsLeft(answer.headers))
            if (200..<300).contains(answer.status) { return APIResponse(response: answer, permit: permit) }
            let refusal = await ErrorResponse(answer, hiding: [sent.token])
            traffic.bytes += answer.traffic.headerBytes + answer.traffic.wireBytes
            await permit.giveBack()
            switch refusal.status {
            case 401 where refused == nil:
                logger.info("token not accepted, refreshing it", metadata: ["read": "\(request.subject)"])
                refused = sent.generation
            case 429:
                try await sitOut(refusal, after: refusals, request)
                refusals += 1
            default:
                throw refusal.error(subject: request.subject)
            }
        }
    }

    private func token(past refused: Int64?) async throws(SourceError) -> (token: String, generation: Int64) {
        guard let refused else { return try await tokens.access() }
        return try await tokens.refreshed(past: refused)
    }

    private func send(
        _ request: APIRequest, token: String, counting traffic: inout Traffic
    ) async throws(SourceError) -> CurlResponse {
        let endpoint = request.endpoint
        guard
            let url = RequestURL.of(
                base: settings.apiURL, path: endpoint.path, key: request.key, query: request.query)
        else {
            throw SourceError(CurlError(.badURL), subject: request.subject)
        }
        var headers: [CurlRequest.Header] = [
            ("Authorization", "Bearer \(token)"), ("account_id", settings.accountID),
        ]
        if endpoint.format == .json { headers.append(("account-id", settings.accountID)) }
        headers.append(("Accept", endpoint.format == .json ? "application/json" : "application/xml"))
        traffic.calls += 1
        let call = CurlRequest(
            url: url, headers: headers, limits: CurlLimits(firstByte: .seconds(settings.firstByteSeconds)))
        return try await mapping({ SourceError($0, subject: request.subject) }) { () async throws(CurlError) in
            try await transfer.send(call)
        }
    }

    /// Reports to the quota how long nothing may be sent; throws when that is too long or happened too often.
    private func sitOut(_ refusal: ErrorResponse, after refusals: Int, _ request: APIRequest) async throws(SourceError)
    {
        let seconds = refusal.retryAfter ?? RetryAfter.unsaid(after: refusals)
        if refusal.isForTheDay {
            await quota.refused(CallRefusal(seconds: refusal.retryAfter, isForTheDay: true))
            throw refusal.error(subject: request.subject)
        }
        await quota.refused(CallRefusal(seconds: seconds, isForTheDay: false))
        guard refusals < APIClient.mostRefusals else { throw refusal.error(subject: request.subject) }
        logger.notice("refused for a while", metadata: ["seconds": "\(seconds)", "read": "\(request.subject)"])
    }
}
