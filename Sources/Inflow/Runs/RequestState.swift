/// What a request of the queue asks for (`inflow.request.kind`).
public enum RequestKind: String, StoredWord {
    /// A Sync All by a person.
    case syncAll = "sync_all"
    /// Some entities, or some days.
    case targeted
    /// A Sync All by the schedule.
    case slot
    /// History, beside the runs of every day.
    case backfill
    /// Rejected records, read again.
    case retry
    /// Approved deletions, looked for once more.
    case deletions
    /// What is covered, read again and compared.
    case reconcile
}

/// Where a request of the queue stands (`inflow.request.status`).
public enum RequestState: String, StoredWord {
    /// It waits for a worker.
    case queued
    /// A worker runs it.
    case running
    /// Its run has ended.
    case done
}
