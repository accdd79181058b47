internal import Inflow

/// The words of a run as a person reads them.
enum RunWords {
    static func outcome(_ outcome: RunOutcome) -> String {
        switch outcome {
        case .green: "Green"
        case .warnings: "Warnings"
        case .rejections: "Rejections"
        case .failed: "Failed"
        case .quota: "Quota used up"
        case .consent: "Consent needed"
        case .interrupted: "Interrupted"
        }
    }

    static func status(_ status: RunStatus) -> String {
        switch status {
        case .running: "Running"
        case .ended(let outcome): RunWords.outcome(outcome)
        }
    }

    static func part(_ status: PartStatus) -> String {
        switch status {
        case .running: "running"
        case .green: "read"
        case .partial: "values wait"
        case .warnings: "read, with warnings"
        case .rejections: "read, some rejected"
        case .failed: "not read"
        case .skipped: "not begun"
        }
    }

    static func trigger(_ trigger: Trigger) -> String {
        switch trigger {
        case .manual: "Sync All"
        case .slot: "Scheduled"
        case .catchUp: "Scheduled, late"
        case .targeted: "Some entities"
        case .backfill: "Backfill"
        case .reconcile: "Reconcile"
        case .deletions: "Deletions looked for"
        case .retry: "Rejections retried"
        case .values: "Values"
        case .rederive: "Rederived"
        }
    }
}
