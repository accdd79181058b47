import Logging

/// What a daemon does about its private PostgreSQL, decided from how the server looks and the time: pure.
///
/// A server that died is started again: at once, and after a start that failed or did not last with pauses that grow
/// from a second to five minutes. One that a person stopped is left alone. One whose programs were upgraded under it is
/// restarted when this daemon runs nothing, or after ten minutes: runs outlive a restart, and new sessions of such a
/// server fail. There is one line for each change.
struct ServerWatch {
    typealias Moment = ContinuousClock.Instant

    /// How the server looks.
    enum Sight: Equatable {
        case running(isUpgraded: Bool)
        /// It starts, recovers or stops.
        case busy
        case stopped
        case stoppedByPerson
    }

    enum Step: Equatable {
        case none, start, restart
    }

    struct Line: Equatable {
        let level: Logger.Level
        let text: String

        init(_ level: Logger.Level, _ text: String) { (self.level, self.text) = (level, text) }
    }

    /// Seconds for which a server must run until the pauses begin at a second again.
    private static let lasting = 600.0
    /// Seconds for which an upgraded server waits for the runs of its daemon.
    private static let patienceWithRuns = 600.0

    private var tries = 0
    private var nextTry: Moment?
    private var startedAt: Moment?
    private var upgradedSince: Moment?
    private var last = Sight.running(isUpgraded: false)
    private var lastFailure: String?

    /// Takes a look at the server; says what to do, with a line where that is new.
    mutating func look(_ sight: Sight, isReading: Bool, now: Moment) -> (step: Step, line: Line?) {
        let isNew = sight != last
        last = sight
        switch sight {
        case .running(let isUpgraded): return running(isUpgraded, isReading, now)
        case .busy: return (.none, nil)
        case .stoppedByPerson:
            self.tries = 0
            return (
                .none,
                isNew
                    ? Line(
                        .notice,
                        "A person stopped the private PostgreSQL. Inflow waits for \"inflow database start\".")
                    : nil
            )
        case .stopped:
            if let nextTry, now < nextTry { return (.none, nil) }
            let line = isNew ? Line(.error, "The private PostgreSQL is not running. Inflow starts it.") : nil
            tries += 1
            nextTry = now + pause
            return (.start, line)
        }
    }

    private mutating func running(_ isUpgraded: Bool, _ isReading: Bool, _ now: Moment) -> (Step, Line?) {
        if let startedAt, now - startedAt >= .seconds(Self.lasting) { tries = 0 }
        guard isUpgraded else {
            upgradedSince = nil
            return (.none, nil)
        }
        let since = upgradedSince ?? now
        let isNew = upgradedSince == nil
        upgradedSince = since
        if let nextTry, now < nextTry { return (.none, nil) }
        guard !isReading || now - since >= .seconds(Self.patienceWithRuns) else {
            let text =
                "PostgreSQL was upgraded under the running private server. Inflow restarts it when no run is under way, "
                + "in ten minutes at the latest."
            return (.none, isNew ? Line(.notice, text) : nil)
        }
        tries += 1
        nextTry = now + pause
        return (
            .restart, Line(.notice, "PostgreSQL was upgraded under the running private server. Inflow restarts it.")
        )
    }

    /// Takes a start that took place.
    mutating func started(now: Moment) -> Line {
        (startedAt, lastFailure, upgradedSince) = (now, nil, nil)
        last = .running(isUpgraded: false)
        return Line(.notice, "The private PostgreSQL runs again.")
    }

    /// Takes a start that failed; a line where the words are not those of the last one.
    mutating func failed(_ words: String) -> Line? {
        guard words != lastFailure else { return nil }
        lastFailure = words
        return Line(
            .error, "Inflow could not start the private PostgreSQL and tries again, at most 5 min later: \(words)")
    }

    /// The pause after the tries so far: 1 s, 2 s, 4 s … 5 min.
    private var pause: Duration { .seconds(min(300, 1 << min(tries - 1, 9))) }
}
