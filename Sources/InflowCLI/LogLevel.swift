import Logging
import Synchronization

/// A log whose level can be set for all loggers at once, while they are in use.
struct LogLevel: LogHandler {
    private static let current = Mutex(Logger.Level.notice)
    var inner: StreamLogHandler
    /// What one logger was set to by itself.
    private var own: Logger.Level?

    init(inner: StreamLogHandler) {
        self.inner = inner
    }

    /// From which level on everything is written from now on.
    static func set(_ level: Logger.Level) { current.withLock { $0 = level } }

    var logLevel: Logger.Level {
        get { own ?? LogLevel.current.withLock { $0 } }
        set { own = newValue }
    }
    var metadata: Logger.Metadata {
        get { inner.metadata }
        set { inner.metadata = newValue }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { inner[metadataKey: key] }
        set { inner[metadataKey: key] = newValue }
    }

    func log(event: LogEvent) {
        var inner = inner
        inner.logLevel = .trace
        inner.log(event: event)
    }
}
