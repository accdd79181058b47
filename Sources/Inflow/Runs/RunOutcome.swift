/// How a run ended; the first that applies, in this order.
public enum RunOutcome: String, StoredWord {
    /// A person, or the end of the process, stopped it.
    case interrupted
    /// The platform refused the authorisation; only a person can renew it.
    case consent
    /// The calls of the platform's day are used up.
    case quota
    /// Something was not loaded.
    case failed
    /// Everything was read; some records were rejected.
    case rejections
    /// Everything was loaded; something deserves a look.
    case warnings
    /// Everything was read and loaded and the counts add up.
    case green

    /// The exit code of a command that runs it: 0 green, 1 failed, 2 warnings, 3 rejections, 4 quota, 5 consent, 130
    /// interrupted.
    public var exitCode: Int32 {
        switch self {
        case .interrupted: 130
        case .consent: 5
        case .quota: 4
        case .failed: 1
        case .rejections: 3
        case .warnings: 2
        case .green: 0
        }
    }

    /// Whether the run read everything it had planned; rejected records do not count against it.
    ///
    /// SQL says the same by `inflow.run_succeeded(outcome)`.
    public var isSuccess: Bool {
        switch self {
        case .green, .warnings, .rejections: true
        case .failed, .quota, .consent, .interrupted: false
        }
    }
}
