internal import Foundation
internal import Inflow

/// A refresh that was begun and whose tokens were not stored.
struct TokenAttempt: Sendable {
    /// Where a refresh stands that stored nothing (`inflow.token_attempt.state`).
    enum State: String, StoredWord {
        /// The platform was asked and its answer is awaited, unless the process died.
        case asked
        /// The answer did not come.
        case unanswered
    }

    /// The generation whose refresh token was sent.
    let generation: Int64
    /// The process that began the refresh, as `host, process 1234`.
    let holder: String
    let state: State
    let beganAt: Instant
    /// How long ago it began, in seconds by the database's clock.
    let age: Double

    /// What is known of it, as a sentence, by the clock of `zone`.
    func story(in zone: TimeZone) -> String {
        let end =
            switch state {
            case .asked: "and ended before it stored the tokens."
            case .unanswered: "and got no answer."
            }
        return "\(holder) began a refresh at \(beganAt.named(in: zone)) \(end)"
    }
}
