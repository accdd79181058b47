import Logging
import Synchronization

/// All that a run says in any way: the log, the progress, the report.
final class Overheard: Sendable {
    private let kept = Mutex("")

    /// Everything so far.
    var text: String { kept.withLock { $0 } }

    /// Takes what was said.
    func hear(_ words: String) { kept.withLock { $0 += words + "\n" } }

    /// A logger at the most talkative level whose lines are kept here.
    var logger: Logger {
        var logger = Logger(label: "fuzz") { _ in Handler(overheard: self) }
        logger.logLevel = .trace
        return logger
    }

    private struct Handler: LogHandler {
        let overheard: Overheard
        var metadata = Logger.Metadata()
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            overheard.hear("\(event.level) \(event.message) \(event.metadata ?? [:]) \(metadata)")
        }
    }
}
