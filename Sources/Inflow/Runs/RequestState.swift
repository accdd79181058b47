/// What a request of the queue asks for (`inflow.request.kind`).
public enum RequestKind: String, StoredWord {
    /// A Sync All by a person.
    case syncAll = "sync_all"
    /// Some entities, or some days.
    case targeted
    /// A Sync All by the schedule.
    case slot
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
