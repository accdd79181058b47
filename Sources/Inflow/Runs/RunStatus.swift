/// How a run stands (`inflow.run.status`): under way, or ended with an outcome.
public enum RunStatus: StoredWord {
    /// Under way, or its process ended and no later run has closed it yet.
    case running
    case ended(RunOutcome)

    /// The status of a word; `nil` for an unknown one.
    public init?(rawValue: String) {
        if rawValue == RunStatus.running.rawValue {
            self = .running
        } else if let outcome = RunOutcome(rawValue: rawValue) {
            self = .ended(outcome)
        } else {
            return nil
        }
    }

    /// `running`, or the outcome's word.
    public var rawValue: String {
        switch self {
        case .running: "running"
        case .ended(let outcome): outcome.rawValue
        }
    }

    /// How it ended; `nil` while it is under way.
    public var outcome: RunOutcome? {
        if case .ended(let outcome) = self { outcome } else { nil }
    }

    /// Running first, then every outcome.
    public static var allCases: [RunStatus] { [.running] + RunOutcome.allCases.map { .ended($0) } }

    /// Writes the word that the database has.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}
