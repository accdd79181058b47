import Inflow
import Sync

extension RunOutcome {
    /// The outcome as the end of the sentence "Run 7: …".
    var words: String {
        switch self {
        case .green: "green, everything read and every record accounted for"
        case .warnings: "finished with warnings"
        case .rejections: "finished, with rejected records or values"
        case .failed: "failed; what is committed stays in the tables"
        case .quota: "stopped by the day's quota; run it again when the quota is free"
        case .consent: "stopped; the connection must be authorised again"
        case .interrupted: "interrupted; what is committed stays in the tables"
        }
    }
}

extension RunReport {
    /// Whether records wait for the call that brings their values: the lists are read, and values lag.
    var isPartial: Bool { entities.contains { $0.waiting > 0 } }

    /// The outcome as the end of the sentence "Run 7: …"; a green run of which values lag does not say that all is read.
    var words: String {
        guard outcome == .green, isPartial else { return outcome.words }
        return "green, every list read and every record accounted for; values are partial"
    }
}
