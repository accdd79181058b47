/// Where a row stands that an answer did not hold (`inflow.missing.status`).
///
/// A row is marked deleted only after the platform was asked for it by key and did not have it. So it goes through
/// ``missing`` and ``gone``; ``held`` and what a person decides of it stand between the two.
public enum MissingRowStatus: String, StoredWord {
    /// An answer that should have held it did not; a run looks for it by key.
    case missing
    /// The platform was asked for it by key and did not have it.
    case gone
    /// More rows are missing than the safety limit lets a run mark; a person decides.
    case held
    /// A person approved the deletion; the next run looks for the row once more and then marks it.
    case approved
    /// A person keeps the row, whatever the platform lists.
    case kept
}
