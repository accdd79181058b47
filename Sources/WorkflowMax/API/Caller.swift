internal import Curl
internal import Inflow
internal import Logging
internal import Synchronization

/// One read of the platform, ready to be sent.
struct Question: Sendable, Hashable {
    let endpoint: Endpoint
    var query: [Address.Parameter] = []
    /// The identifier that fills `{key}`; `nil` for a list.
    var key: String?
    /// What it reads, for messages.
    let subject: String
}

/// Sends questions: leave from the quota, a token, the call; 401 and 429 are dealt with here.
struct Caller: Sendable {
    let settings: ConnectionSettings
    let keeper: TokenKeeper
    let quota: any QuotaLedger
    let transfer: Transfer
    /// Whether a call of a longer reading is made again after so many tries; waits before it says so.
    let again: @Sendable (SourceError, Int) async -> Bool
    let logger: Logger

    /// How often a call that was refused for a short while is tried again.
    static let mostRefusals = 5

    /// An answer whose headers are in and good; the call is under way until `leave` is given back.
    struct Answer: Sendable {
        let response: CurlResponse
        let leave: Leave
        /// When it was made, by the platform's own clock.
        var answeredAt: Instant? { response.headers["Date"].flatMap(RetryAfter.instant) }
    }

    /// Asks until there is a good answer or an error; `traffic` counts every call and the bytes of refused ones.
    func ask(_ question: Question, counting traffic: inout Traffic) async throws(SourceError) -> Answer {
        var refusals = 0
        var refused: Int64?
        while true {
            let asked = ContinuousClock.now
            let leave = try await Leave(quota)
            traffic.waited += asked.duration(to: .now) / .seconds(1)
            let answer: CurlResponse
            let sent: (token: String, generation: Int64)
            do throws(SourceError) {
                sent = try await token(past: refused)
                answer = try await send(question, token: sent.token, counting: &traffic)
            } catch {
                await leave.giveBack()
                throw error
            }
            await quota.answered(leave.call, left: CallsLeft(answer.headers))
            if (200..<300).contains(answer.status) { return Answer(response: answer, leave: leave) }
            let refusal = await Refusal(answer, hiding: [sent.token])
            traffic.bytes += answer.traffic.headerBytes + answer.traffic.wireBytes
            await leave.giveBack()
            switch refusal.status {
            case 401 where refused == nil:
                logger.info("token not accepted, refreshing it", metadata: ["read": "\(question.subject)"])
                refused = sent.generation
            case 429:
                try await sitOut(refusal, after: refusals, question)
                refusals += 1
            default:
                throw refusal.error(subject: question.subject)
            }
        }
    }

    private func token(past refused: Int64?) async throws(SourceError) -> (token: String, generation: Int64) {
        guard let refused else { return try await keeper.access() }
        return try await keeper.refreshed(past: refused)
    }

    private func send(
        _ question: Question, token: String, counting traffic: inout Traffic
    ) async throws(SourceError) -> CurlResponse {
        let endpoint = question.endpoint
        guard
            let url = Address.of(
                base: settings.apiURL, path: endpoint.path, key: question.key, query: question.query)
        else {
            throw SourceError(CurlError(.badURL), subject: question.subject)
        }
        var headers: [CurlRequest.Header] = [
            ("Authorization", "Bearer \(token)"), ("account_id", settings.accountID),
        ]
        if endpoint.format == .json { headers.append(("account-id", settings.accountID)) }
        headers.append(("Accept", endpoint.format == .json ? "application/json" : "application/xml"))
        traffic.calls += 1
        do throws(CurlError) {
            return try await transfer.send(
                CurlRequest(
                    url: url, headers: headers, limits: CurlLimits(firstByte: .seconds(settings.firstByteSeconds))))
        } catch {
            throw SourceError(error, subject: question.subject)
        }
    }

    /// Tells the quota how long nothing may be sent, or throws when that is too long or was done too often.
    private func sitOut(_ refusal: Refusal, after refusals: Int, _ question: Question) async throws(SourceError) {
        let seconds = refusal.retryAfter ?? RetryAfter.unsaid(after: refusals)
        if refusal.isForTheDay {
            await quota.refused(CallRefusal(seconds: refusal.retryAfter, isForTheDay: true))
            throw refusal.error(subject: question.subject)
        }
        await quota.refused(CallRefusal(seconds: seconds, isForTheDay: false))
        guard refusals < Caller.mostRefusals else { throw refusal.error(subject: question.subject) }
        logger.notice("refused for a while", metadata: ["seconds": "\(seconds)", "read": "\(question.subject)"])
    }
}

/// Leave for one call, given back once.
///
/// A reader that stops in mid-answer drops it without a word, where nothing can be awaited: then a task of its own
/// gives it back, lest the organisation's few places in flight be lost one by one.
final class Leave: Sendable {
    /// The call's number in the ledger.
    let call: Int
    private let quota: any QuotaLedger
    private let isGivenBack = Mutex(false)

    /// Waits for leave.
    init(_ quota: any QuotaLedger) async throws(SourceError) {
        call = try await quota.acquire(for: .current)
        self.quota = quota
    }

    deinit {
        guard !isGivenBack.withLock({ $0 }) else { return }
        let (quota, call) = (quota, call)
        Task { await quota.finished(call) }
    }

    /// Says that the call has ended.
    func giveBack() async {
        let isFirst = isGivenBack.withLock { given in
            defer { given = true }
            return !given
        }
        if isFirst { await quota.finished(call) }
    }
}
