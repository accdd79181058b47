/// Where a message of the outbox stands that was not delivered.
///
/// The outbox stores it as the time in `inflow.outbox.given_up_at`, so the words are those of JSON and of tables for
/// people only.
public enum MessageStatus: String, StoredWord {
    /// It waits for its next try.
    case waiting
    /// Its last try failed; it is tried again only when a person sets the channel anew.
    case givenUp = "given_up"
}
