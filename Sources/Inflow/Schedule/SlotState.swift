/// The words for the state of the last attempt of a claimed slot (`inflow.slot.state`).
///
/// ``SlotClaim/State`` is the same with the instants that decide when the next attempt is due.
public enum SlotState: String, StoredWord {
    /// The attempt is under way.
    case running
    /// The run read everything; the slot is served.
    case succeeded
    /// The run failed; it is tried again after a pause.
    case failed
    /// The quota stopped the run; it continues when calls are free again.
    case parked
    /// The run needs a person's consent.
    case needsConsent = "needs_consent"
    /// The process stopped or ended; another run continues at its checkpoint.
    case interrupted
    /// A person cancelled the run; the slot is not tried again.
    case cancelled

    /// The state of a slot after a run that ended with an outcome.
    public init(_ outcome: RunOutcome) {
        switch outcome {
        case .green, .warnings, .rejections: self = .succeeded
        case .quota: self = .parked
        case .consent: self = .needsConsent
        case .interrupted: self = .cancelled
        case .failed: self = .failed
        }
    }
}

extension SlotClaim.State {
    /// The state of a word, and the instant kept with it: when the attempt ended, or until when it is parked.
    public init(_ word: SlotState, at instant: Instant) {
        switch word {
        case .running: self = .running
        case .succeeded: self = .succeeded
        case .failed: self = .failed(at: instant)
        case .parked: self = .parked(until: instant)
        case .needsConsent: self = .needsConsent(at: instant)
        case .interrupted: self = .interrupted
        case .cancelled: self = .cancelled
        }
    }
}
