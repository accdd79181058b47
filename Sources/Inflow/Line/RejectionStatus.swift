/// Where a rejection stands (`inflow.rejection.status`).
public enum RejectionStatus: String, StoredWord {
    /// The record is not in the tables for the reason given.
    case open
    /// A later load has taken the record in, or the answer no longer holds the record that had no key.
    case closed
    /// A person does not want to see it while the fault is the same.
    case dismissed
}
