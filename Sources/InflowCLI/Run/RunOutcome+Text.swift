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
