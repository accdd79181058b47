internal import Inflow
internal import Warehouse

/// What Inflow does about a failure.
public enum Recovery: Sendable, Hashable {
    /// Ask for the same chunk again, a few times, with growing pauses.
    case retry
    /// Give this chunk up, go on with the others; the run ends failed.
    case failChunk
    /// Stop the run: nothing else of it can work either.
    case failRun
    /// Stop the run until the platform's day is over.
    case stopForQuota
    /// Stop the run until a person has authorised again.
    case waitForPerson
    /// Stop: the person, or the system, wants it.
    case interrupted
}

/// The one place where it is decided what is done about a failure: a switch without a default, so that a new code does not
/// compile until someone decides.
public enum RecoveryPolicy {
    /// What is done about a failure.
    public static func recovery(for failure: Failure) -> Recovery {
        switch failure {
        case .source(let error): recovery(for: error.code)
        case .warehouse(let error): recovery(for: error.code)
        case .cancelled: .interrupted
        }
    }

    private static func recovery(for code: SourceError.Code) -> Recovery {
        switch code {
        // The platform or the network may be well again in a moment.
        case .unreachable, .timedOut, .cutOff, .platformDown, .rateLimited, .malformedAnswer, .countersDisagree: .retry
        // The same question gets the same answer.
        case .badRequest, .notFound, .platformError, .archive: .failChunk
        // No call can succeed before a person has done something.
        case .tls, .forbidden, .badConfiguration, .tokenStore: .failRun
        case .dayLimitReached: .stopForQuota
        case .consentNeeded, .credentialsRefused, .unauthorised: .waitForPerson
        case .cancelled: .interrupted
        }
    }

    private static func recovery(for code: WarehouseError.Code) -> Recovery {
        switch code {
        case .connectionLost, .busy: .retry
        case .statementFailed, .arithmetic: .failChunk
        case .unreachable, .notAllowed, .newerSchema, .olderSchema, .changedMigration, .schemaDiffers, .runClosed,
            .unknownConnection, .connectionExists, .keyMissing, .tokenSuperseded, .outOfResources:
            .failRun
        case .notAuthorised: .waitForPerson
        case .cancelled: .interrupted
        }
    }
}

/// How often and how long apart a chunk is asked for again.
public struct RetryPattern: Sendable {
    /// Tries in all, the first included.
    public var tries = 5
    /// The first pause; each further one is twice as long.
    public var firstPause: Duration = .seconds(1)

    /// The pattern with its defaults: five tries over about a quarter of a minute.
    public init() {}

    /// The pause after so many tries, spread over half of its length so that workers do not knock together.
    func pause(after tries: Int, spread: Double) -> Duration {
        firstPause * (1 << min(tries - 1, 6)) * (0.5 + spread / 2)
    }
}
