/// How one entity's part of a run stands or ended (`inflow.entity_run.status`).
public enum PartStatus: String, StoredWord {
    /// A run reads the entity now.
    case running
    /// Everything planned was read and loaded.
    case green
    /// Everything planned was read and loaded; records still wait for the call that brings their values.
    case partial
    /// Everything was loaded; something deserves a look.
    case warnings
    /// Everything was read; some records were rejected.
    case rejections
    /// At least one chunk was not loaded.
    case failed
    /// Not read, because the run was stopped before its turn.
    case skipped
}
