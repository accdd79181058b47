/// What an outside program can be told of (`inflow.webhook_subscription.events`).
public enum WebhookEvent: String, StoredWord {
    /// A run has ended, however.
    case runFinished = "run_finished"
    /// A run has changed records of an entity.
    case recordsChanged = "records_changed"
}
