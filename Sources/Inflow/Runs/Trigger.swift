/// What began a run (`inflow.run.trigger`).
public enum Trigger: String, StoredWord {
    /// A person asked for a Sync All.
    case manual
    /// The schedule ran a Sync All at its time.
    case slot
    /// The schedule ran a Sync All later than its time, because nothing could run it then.
    case catchUp = "catch_up"
    /// A person asked for some entities or some days.
    case targeted
    /// A person asked for history.
    case backfill
    /// A person asked to read again what is covered and to compare it.
    case reconcile
    /// A person approved held deletions: the run looks for their rows once more.
    case deletions
    /// A person asked to read rejected records again.
    case retry
    /// A daemon read values in the background: it gives way to every other run.
    case values
    /// A person asked to derive tables from archived answers, without a call.
    case rederive

    /// Whether the run is a Sync All: it reads every entity, moves the watermarks and counts as the connection's last
    /// run.
    ///
    /// SQL says the same by `inflow.is_sync_all(trigger)`.
    public var isSyncAll: Bool { self == .manual || isScheduled }

    /// Whether the schedule began it; either kind continues a parked run of the same slot.
    public var isScheduled: Bool { self == .slot || self == .catchUp }

    /// The triggers of which a parked run may be continued by a run of this trigger.
    public var continuable: [Trigger] { isScheduled ? Trigger.allCases.filter(\.isScheduled) : [self] }

    /// Whether the run reads records by key that a person named, regardless of earlier reading.
    ///
    /// Such a run never continues a parked one.
    public var isByKey: Bool { self == .retry || self == .deletions }
}
