public import Inflow
internal import Warehouse

/// What Inflow does about a failure.
public enum Recovery: Sendable, Hashable {
    /// Ask for the same chunk again, up to six times, with growing pauses of half a minute in all.
    case retry
    /// Ask for it once more.
    case retryOnce
    /// Give this chunk up, go on with the others; the run ends failed.
    case failChunk
    /// Leave this chunk to another day, go on with what is more urgent.
    case postpone
    /// Give up all that is left of the entity, go on with the others; the run ends failed.
    case failEntity
    /// Stop the run: no other chunk of it can succeed.
    case failRun
    /// Stop the run until the platform's day is over.
    case stopForQuota
    /// Stop the run until a person has authorised again.
    case waitForPerson
    /// Stop: the person, or the system, wants it.
    case interrupted
}

/// The one place that decides what Inflow does about a failure.
///
/// `Operations.md` has the same decisions as a table.
///
/// The switches have no default: a new code does not compile until its recovery is decided. The question behind each
/// line is what can be different next time. The network and a busy server can, within a minute; the answer to the same
/// bad request cannot; a missing privilege can, once a person acts, and until then every call for the same list fails
/// alike, while other lists may be open to the person who authorised.
///
/// Two failures never come here, since the client handles them where they happen: a 401 refreshes the token once, and a
/// 429 of the minute waits as the platform says. A 404 of a record asked for by key is an answer, not a failure: the
/// platform does not know the key.
public enum RecoveryPolicy {
    /// What is done about a failure.
    public static func recovery(for failure: Failure) -> Recovery {
        switch failure {
        case .source(let error): error.isParking ? .stopForQuota : recovery(for: error.code)
        case .warehouse(let error): recovery(for: error.code)
        case .cancelled: .interrupted
        }
    }

    static func recovery(for code: SourceError.Code) -> Recovery {
        switch code {
        // The platform or the network may be well again in a moment.
        case .unreachable, .timedOut, .cutOff, .platformDown, .rateLimited, .malformedAnswer, .countersDisagree,
            .quotaStore:
            .retry
        // An error of its own seldom passes by itself.
        case .platformError: .retryOnce
        // The same question gets the same answer.
        case .badRequest, .notFound, .archive, .unknownEncoding: .failChunk
        // No call can succeed before a person has done something.
        case .tls, .badConfiguration, .tokenStore: .failRun
        // The person who authorised may lack one privilege and have the others.
        case .forbidden: .failEntity
        case .dayLimitReached: .stopForQuota
        case .reserveKept: .postpone
        case .consentNeeded, .credentialsRefused, .unauthorised: .waitForPerson
        case .cancelled: .interrupted
        }
    }

    static func recovery(for code: WarehouseError.Code) -> Recovery {
        switch code {
        case .connectionLost, .statementCancelled, .busy: .retry
        case .statementFailed, .arithmetic, .linesMissing: .failChunk
        // A run has waited half a minute for a server that is away (`Warehouse.patienceOfRuns`).
        case .unreachable, .unfitServer, .notAllowed, .newerSchema, .olderSchema, .changedMigration, .schemaDiffers,
            .runClosed,
            .unknownConnection, .connectionExists, .unknownAccount, .accountExists, .lastAdmin,
            .otherOrganisation, .unusableZone, .keyMissing, .tokenSuperseded,
            .outOfResources,
            .unknownWord:
            .failRun
        case .notAuthorised: .waitForPerson
        case .cancelled: .interrupted
        }
    }

    /// Chunks of one entity that fail for good in a row until the rest of the entity is given up; and chunks of several
    /// entities until the run takes the platform to be down, and stops.
    static let mostFailuresInRow = 5
    /// Entities that the platform refuses (403) until the run stops, while it has not given a single answer: then it is
    /// the organisation that is refused, and not a list.
    static let mostRefusedEntities = 3

    /// Whether the platform caused the failure, so that several in a row mean that it is down.
    static func isOfThePlatform(_ failure: Failure) -> Bool {
        guard case .source(let error) = failure else { return false }
        return switch recovery(for: error.code) {
        case .retry, .retryOnce, .failChunk: true
        case .failEntity, .postpone, .failRun, .stopForQuota, .waitForPerson, .interrupted: false
        }
    }

    /// Whether an answer came whose body cannot be read; the answer for a shorter span may be readable.
    static func isUnreadable(_ failure: Failure) -> Bool {
        guard case .source(let error) = failure else { return false }
        return error.isBodyUnreadable
    }

    /// Whether that body began as an answer does and broke inside, so that a record may be to blame.
    static func breaksInside(_ failure: Failure) -> Bool {
        guard case .source(let error) = failure else { return false }
        return error.isBodyUnreadable && error.breaksInside
    }
}

extension SourceError {
    /// Whether the platform is down and says that it will be for longer than tries with pauses last: the run is parked
    /// until then, as one that a quota stopped.
    fileprivate var isParking: Bool { code == .platformDown && (retryAfter ?? 0) > 60 }
}

/// How often Inflow reads a chunk again, and with which pauses.
public struct RetryPattern: Sendable {
    /// Tries in all, the first included.
    public var tries = 6
    /// Tries of a part of an answer that could not be read.
    public var triesOfParts = 2
    /// The first pause; each further one is twice as long.
    public var firstPause: Duration = .seconds(1)

    /// The pattern with its defaults: six tries over at most half a minute.
    public init() {}

    /// The pause after `tries` tries.
    ///
    /// `spread` from 0 to 1 chooses from its upper half, so that workers do not call at once.
    func pause(after tries: Int, spread: Double) -> Duration {
        firstPause * (1 << min(tries - 1, 6)) * (0.5 + spread / 2)
    }

    /// Tries in all, the first included, of a chunk that fails in this way.
    func tries(after failure: Failure, isPart: Bool = false) -> Int {
        switch RecoveryPolicy.recovery(for: failure) {
        case .retry: isPart ? triesOfParts : tries
        case .retryOnce: 2
        case .failChunk, .failEntity, .postpone, .failRun, .stopForQuota, .waitForPerson, .interrupted: 1
        }
    }

    /// Decides for a source that reads a chunk by many calls whether one call is made again after a number of tries.
    ///
    /// Waits the pause before it answers yes; answers no when the wait is cancelled.
    public func again(
        _ clock: any Clock<Duration> = ContinuousClock()
    ) -> @Sendable (SourceError, Int) async -> Bool {
        { error, tries in
            guard tries < self.tries(after: .source(error)) else { return false }
            do {
                try await clock.sleep(for: pause(after: tries, spread: .random(in: 0...1)))
                return true
            } catch {
                return false
            }
        }
    }
}
