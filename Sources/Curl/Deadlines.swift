/// Decides which time limit of a transfer runs out next, from the events of the transfer.
///
/// No clock, no I/O.
struct Deadlines {
    typealias Instant = ContinuousClock.Instant

    /// What the transfer is waiting for.
    private enum Waiting {
        /// Until the connection is ready.
        case connection
        /// Until the headers are complete.
        case headers
        /// More of the body.
        case body
        /// Our own reader: the server is not to blame.
        case reader
    }

    private let limits: CurlLimits
    private let started: Instant
    private var waiting = Waiting.connection
    private var since: Instant

    init(_ limits: CurlLimits, startedAt now: Instant) {
        self.limits = limits
        started = now
        since = now
    }

    /// Whether no connection was ready yet.
    var isConnecting: Bool { waiting == .connection }

    /// A connection is ready and the request goes out; comes again when libcurl takes a fresh connection.
    mutating func connected(at now: Instant) { wait(for: .headers, from: now) }

    /// The headers are complete, or body bytes came.
    mutating func arrived(at now: Instant) { wait(for: .body, from: now) }

    /// Reading was stopped because the reader is behind.
    mutating func paused() { waiting = .reader }

    /// Reading continues: the server's time begins again.
    mutating func resumed(at now: Instant) { wait(for: .body, from: now) }

    /// The next limit to end and when.
    var next: (at: Instant, code: CurlError.Code) {
        let total = (at: started + limits.total, code: CurlError.Code.timedOutTotal)
        let step: (at: Instant, code: CurlError.Code)
        switch waiting {
        case .connection: step = (since + limits.connect, .timedOutConnecting)
        case .headers: step = (since + limits.firstByte, .timedOutFirstByte)
        case .body: step = (since + limits.idle, .timedOutIdle)
        case .reader: return total
        }
        return step.at < total.at ? step : total
    }

    /// The limit that has ended by now, if any.
    func expired(at now: Instant) -> CurlError.Code? {
        next.at <= now ? next.code : nil
    }

    private mutating func wait(for what: Waiting, from now: Instant) {
        waiting = what
        since = now
    }
}
