import Inflow
import Logging
import Synchronization
import Warehouse

/// Logs for all services of a daemon that the warehouse is away: once when it goes, once an hour while it is away, once
/// when it is back.
///
/// Knows for how long the warehouse has not answered.
///
/// Of other failures of a service it logs the first and those with other words, and the same once an hour.
final class WarehouseOutage: Sendable {
    private struct Since {
        let began: ContinuousClock.Instant
        var logged: ContinuousClock.Instant
    }

    private let logger: Logger
    private let now: @Sendable () -> ContinuousClock.Instant
    private let since = Mutex<Since?>(nil)
    private let lastAnswer: Mutex<ContinuousClock.Instant>
    private let failures = Mutex<[String: Failure]>([:])

    private struct Failure {
        let words: String
        let logged: ContinuousClock.Instant
    }

    /// The pause between two lines that say the same.
    private static let pause: Duration = .seconds(3_600)

    /// `now` is the clock of the minutes; tests pass their own.
    init(logger: Logger, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        (self.logger, self.now) = (logger, now)
        lastAnswer = Mutex(now())
    }

    /// Takes an error; logs it if it is time for a line.
    ///
    /// - Returns: whether it says that the warehouse is away. Any other error is the caller's to log.
    func note(_ error: any Error) -> Bool {
        guard let error = error as? WarehouseError, error.mayPass,
            error.code == .unreachable || error.code == .connectionLost
        else { return false }
        let now = now()
        let (isFirst, isDue) = since.withLock { since in
            guard let away = since else {
                since = Since(began: now, logged: now)
                return (true, true)
            }
            guard now - away.logged >= Self.pause else { return (false, false) }
            since?.logged = now
            return (false, true)
        }
        if isDue {
            let words = isFirst ? "The warehouse is away; Inflow waits for it" : "The warehouse is still away"
            logger.warning("\(words): \(error.code == .unreachable ? error.userMessage : error.message)")
        }
        return true
    }

    /// How long the warehouse has not answered any service.
    var silence: Duration { now() - lastAnswer.withLock { $0 } }

    /// Logs a failure of a service that is no outage, unless the service has failed so within the hour.
    func log(_ service: String, _ words: String) {
        let now = now()
        let isDue = failures.withLock { failures in
            if let last = failures[service], last.words == words, now - last.logged < Self.pause { return false }
            failures[service] = Failure(words: words, logged: now)
            return true
        }
        if isDue { logger.warning("\(service): \(words)") }
    }

    /// Takes an answer of the warehouse: it is back, if it was away.
    func end() {
        lastAnswer.withLock { $0 = now() }
        guard
            let away = since.withLock({ since in
                defer { since = nil }; return since
            })
        else { return }
        let seconds = (now() - away.began).components.seconds
        logger.notice("The warehouse is back after \(seconds) s.")
    }
}
