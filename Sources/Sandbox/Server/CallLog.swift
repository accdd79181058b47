/// One call as the sandbox saw it.
struct LoggedCall: Sendable, Codable {
    /// The call's place in the log, counted from 1.
    var number: Int
    var method: String
    /// Path and query as sent.
    var target: String
    /// The HTTP status; 0 when the connection was cut before one was sent.
    var status = 0
    /// A short hash of the bearer token, never the token.
    var bearer: String
    var account: String
    /// The fault that happened, if any.
    var fault: String?
    /// Why a call was refused with 429, if it was.
    var problem: String?
    /// When the call arrived, in seconds since 1970.
    var started: Double
    /// When the status and headers were decided.
    var headers: Double?
    /// When the server sent the last byte.
    var finished: Double?
    /// Bytes of the body that the server sent.
    var bytes = 0
    /// Calls in flight when this one started, itself included.
    var inFlight = 1
}

/// A bounded log of the latest calls, for tests to inspect.
struct CallLog: Sendable {
    private var calls: [LoggedCall] = []
    private var dropped = 0
    private var counted = 0
    private var inFlight = 0
    private let capacity: Int

    init(capacity: Int) {
        self.capacity = max(1, capacity)
    }

    /// The calls kept, oldest first.
    var kept: [LoggedCall] { calls }

    /// Writes the beginning of a call down and gives its number.
    mutating func begin(_ call: LoggedCall) -> Int {
        counted += 1
        inFlight += 1
        var call = call
        call.number = counted
        call.inFlight = inFlight
        if calls.count >= capacity {
            let surplus = max(1, capacity / 10)
            calls.removeFirst(min(surplus, calls.count))
            dropped += surplus
        }
        calls.append(call)
        return counted
    }

    /// Changes a call that is still kept.
    mutating func update(_ number: Int, _ body: (inout LoggedCall) -> Void) {
        guard let first = calls.first?.number, number >= first, number - first < calls.count else { return }
        body(&calls[number - first])
    }

    /// Counts a call as done.
    mutating func end() {
        inFlight -= 1
    }

    /// Removes all calls from the log; the numbers of later calls go on from the last one.
    mutating func removeAll() {
        calls.removeAll()
    }
}
