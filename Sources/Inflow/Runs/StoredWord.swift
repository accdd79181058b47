/// A closed set of words that columns of Inflow's own tables hold, as a type.
///
/// The raw value is the word in the database, in JSON and in metrics: it never changes its meaning, and a new word
/// needs a migration where the column checks its words. Swift decides by the cases and never by the text, so that the
/// compiler finds every place that a new word concerns. A word that is in the database but in no case of its type
/// (written by a newer Inflow, or by hand) is an error that names the column and the word. It is never read as one of
/// the known words: a request of an unknown kind must not become a full Sync All, and a run of an unknown outcome must
/// not count as failed, or as green.
///
/// The types: ``Trigger`` (what began a run), ``RunStatus`` and ``RunOutcome`` (the state and end of a run),
/// ``PartStatus`` (one entity of a run), ``ChunkStatus`` (one checkpoint), ``RequestKind`` and ``RequestState`` (the
/// queue), ``SlotState`` (the schedule's claims), ``RejectionStatus``, ``MissingRowStatus``, ``CoverageMap/Status``,
/// ``RecordVersion/Change`` and ``RecordChange`` (records and what was read of them), ``IncidentKind`` and
/// ``MessageStatus`` (alerts), ``SummaryKind`` and ``GapReason`` (mails that report), ``PageRole``, ``APIScope``,
/// ``AuditAction``, ``PageActor/Kind``, ``SignInCount/Kind`` and ``WebhookEvent`` (the page).
public protocol StoredWord: RawRepresentable, CaseIterable, Encodable, Hashable, Sendable, CustomStringConvertible
where RawValue == String {}

extension StoredWord {
    /// The word itself, so that text made from the value says what the database says.
    public var description: String { rawValue }
}
