public import Inflow

/// The most urgent thing to know of a connection.
public enum ConnectionState: Sendable, Hashable {
    /// This machine cannot read its settings.
    case unreadable
    /// A run goes on.
    case running
    /// A run's process ended without closing it.
    case died
    /// A person paused it.
    case paused
    /// A person must authorise it, again or for the first time.
    case needsConsent
    /// A scheduled run is due and no process serves.
    case missed
    /// The last run was green, and deletions wait for a person.
    case held
    /// The last run was green, and records wait for the call that brings their values.
    case partial
    /// How the newest run ended.
    case ended(RunOutcome)
    /// Nothing was read yet.
    case neverRead

    /// The state in a word or two.
    var words: String {
        switch self {
        case .unreadable: "Problem"
        case .running: "Running"
        case .died: "Run died"
        case .paused: "Paused"
        case .needsConsent: "Authorise"
        case .missed: "Nothing serves"
        case .held: "Deletions held"
        case .partial: "Values waiting"
        case .ended(let outcome): RunWords.outcome(outcome)
        case .neverRead: "Never read"
        }
    }

    /// How it looks.
    var tone: Tone {
        switch self {
        case .unreadable, .died, .needsConsent, .missed: .bad
        case .running: .busy
        case .paused, .held, .partial: .warn
        case .ended(let outcome): Tone(outcome)
        case .neverRead: .none
        }
    }
}
