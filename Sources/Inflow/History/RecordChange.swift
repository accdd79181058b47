/// What a run did to a record, in the list of a reconcile or of a test run.
///
/// `inflow.history.change` holds all but ``inserted``: a new row has no version before it.
public enum RecordChange: String, StoredWord {
    /// The run inserted the record.
    case inserted
    /// Its values or lines differed.
    case updated
    /// It had been marked deleted and was listed again.
    case revived
    /// The platform no longer has it.
    case markedDeleted = "marked_deleted"
}
