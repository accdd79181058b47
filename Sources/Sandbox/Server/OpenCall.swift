import Hummingbird
import Synchronization

/// A call being answered: its place in the log and among the calls in flight, given up by `deinit`.
final class OpenCall: Sendable {
    private let state: SandboxState
    private let number: Int
    private let organisation = Mutex<SandboxOrganisation?>(nil)

    init(state: SandboxState, _ call: LoggedCall) {
        self.state = state
        number = state.log.withLock { $0.begin(call) }
    }

    deinit {
        close()
        state.log.withLock { $0.end() }
    }

    /// Counts the call among those in flight of an organisation.
    func holds(_ organisation: SandboxOrganisation) {
        self.organisation.withLock { $0 = organisation }
    }

    /// Gives the place among the calls in flight back; once.
    func close() {
        let held = organisation.withLock { held in
            defer { held = nil }
            return held
        }
        held?.limiter.withLock { $0.finish() }
        let now = state.now
        update { call in
            if call.finished == nil { call.finished = now }
        }
    }

    /// Writes down which fault happened.
    func fault(_ fault: Fault) {
        update { $0.fault = fault.kind.rawValue }
    }

    /// Writes down why the call was refused.
    func problem(_ problem: String) {
        update { $0.problem = problem }
    }

    /// Adds bytes of the body that the server has sent.
    func sent(_ bytes: Int) {
        update { $0.bytes += bytes }
    }

    /// Records status and time; `sent` counts the bytes of a streamed response.
    func answered(_ response: Response, isStreamed: Bool = false) -> Response {
        let now = state.now
        let bytes = isStreamed ? nil : response.body.contentLength
        update { call in
            call.status = response.status.code
            call.headers = now
            if let bytes { call.bytes = bytes }
        }
        return response
    }

    private func update(_ body: (inout LoggedCall) -> Void) {
        state.log.withLock { $0.update(number, body) }
    }
}
