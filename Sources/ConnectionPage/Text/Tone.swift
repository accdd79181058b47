internal import Inflow

/// How something looks that went well or not; the raw value is a class of the stylesheet.
enum Tone: String {
    case good, warn, bad, busy
    case none = "soft"

    init(_ outcome: RunOutcome) {
        switch outcome {
        case .green: self = .good
        case .warnings, .rejections, .quota, .interrupted: self = .warn
        case .failed, .consent: self = .bad
        }
    }

    init(_ status: RunStatus) {
        switch status {
        case .running: self = .busy
        case .ended(let outcome): self = Tone(outcome)
        }
    }

    init(_ status: PartStatus) {
        switch status {
        case .green: self = .good
        case .running: self = .busy
        case .partial, .warnings, .rejections: self = .warn
        case .failed: self = .bad
        case .skipped: self = .none
        }
    }
}
