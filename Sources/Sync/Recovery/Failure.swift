public import Inflow
public import Warehouse

/// A fault in Inflow's words, from whichever end it came.
public enum Failure: Error, Sendable {
    /// The platform, or the way to it.
    case source(SourceError)
    /// A fault of the warehouse, or of the way to it.
    case warehouse(WarehouseError)
    /// The task was cancelled.
    case cancelled

    /// What happened, for a person.
    ///
    /// Holds no values of records, so it may be shown anywhere.
    public var message: String {
        switch self {
        case .source(let error): error.description
        case .warehouse(let error): error.description
        case .cancelled: "The run was interrupted."
        }
    }

    /// How often the failed call was made, where the source repeats single calls of a chunk; otherwise 1.
    var tries: Int { if case .source(let error) = self { error.tries } else { 1 } }

    /// The message with what the other side said, for the owner's run log.
    ///
    /// May hold values.
    public var detailedMessage: String {
        switch self {
        case .source(let error): error.debugDescription
        case .warehouse(let error): error.detail.map { "\(error.message): \($0)" } ?? error.message
        case .cancelled: message
        }
    }
}

extension Failure {
    /// Whether the platform did not answer in time.
    var isTimeOut: Bool {
        if case .source(let error) = self { error.code == .timedOut } else { false }
    }
}

/// Runs work of the warehouse; what it throws is a ``Failure``.
@discardableResult
func warehouse<T>(
    isolation: isolated (any Actor)? = #isolation, _ body: () async throws(WarehouseError) -> T
) async throws(Failure) -> T {
    try await mapping(Failure.warehouse, isolation: isolation, body)
}

extension Failure: CustomStringConvertible {
    /// The same as ``message``.
    public var description: String { message }
}
