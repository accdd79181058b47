import Logging
import Synchronization

/// A log handler whose level changes for all loggers at once, while they are in use: SIGHUP reloads it.
struct LogLevel: LogHandler {
    private static let current = Mutex(Logger.Level.notice)
    var inner: StreamLogHandler
    /// The level of this logger alone; `nil` follows the common one.
    private var own: Logger.Level?

    init(inner: StreamLogHandler) {
        self.inner = inner
    }

    /// Sets the lowest level that every logger writes.
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
