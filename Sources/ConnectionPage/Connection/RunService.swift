public import Inflow

/// What a person asks to be read now.
public enum WantedRun: Sendable, Hashable {
    /// Everything that may have changed.
    case syncAll
    /// All reference lists.
    case seed
    /// What is covered, read again and compared.
    case reconcile
    /// Some entities, on some days where they have dates; both days included.
    case targeted(entities: [String], first: LocalDate?, last: LocalDate?)
}

/// What became of a wanted run.
public enum StartedRun: Sendable, Hashable {
    /// It is the request of that number in the queue.
    case queued(Int64)
    /// An equal request waits already.
    case joined(Int64)
    /// A Sync All is running already.
    case running(Int64)
}

/// Runs: begun, watched and stopped.
public protocol RunService: Sendable {
    /// Puts a run into the queue.
    func start(_ wanted: WantedRun, of connection: String, by: Doer) async throws -> StartedRun
    /// Asks the run that goes on to stop; false where none does.
    func cancel(of connection: String, by: Doer) async throws -> Bool
    /// The newest run of a connection, or the request that waits.
    func live(of connection: String) async throws -> LiveRun
}
