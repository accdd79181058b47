import Inflow
import Logging
import Synchronization
import Warehouse

/// Logs for all services of a daemon that the warehouse is away: once when it goes, once a minute while it is away, once
/// when it is back.
final class WarehouseOutage: Sendable {
    private struct Since {
        let began: ContinuousClock.Instant
        var logged: ContinuousClock.Instant
    }

    private let logger: Logger
    private let now: @Sendable () -> ContinuousClock.Instant
    private let since = Mutex<Since?>(nil)

    /// `now` is the clock of the minutes; tests pass their own.
    init(logger: Logger, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        (self.logger, self.now) = (logger, now)
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
            guard now - away.logged >= .seconds(60) else { return (false, false) }
            since?.logged = now
            return (false, true)
        }
        if isDue {
            let words = isFirst ? "The warehouse is away; Inflow waits for it" : "The warehouse is still away"
            logger.warning("\(words): \(error.code == .unreachable ? error.userMessage : error.message)")
        }
        return true
    }

    /// Takes an answer of the warehouse: it is back, if it was away.
    func end() {
        guard
            let away = since.withLock({ since in
                defer { since = nil }; return since
            })
        else { return }
        let seconds = (now() - away.began).components.seconds
        logger.notice("The warehouse is back after \(seconds) s.")
    }
}
