import Foundation
import Inflow
import Logging
import Sync

/// The line that a daemon logs of a run that ended: its numbers, its duration, and why it ended so.
struct RunLine {
    let level: Logger.Level
    let metadata: Logger.Metadata

    init(_ report: RunReport, of connection: Connection, seconds: Double) {
        level =
            switch report.outcome {
            case .green, .warnings, .rejections, .interrupted, .quota: .notice
            case .failed, .consent: .error
            }
        let (tally, traffic) = (report.tally, report.traffic)
        var metadata: Logger.Metadata = [
            "connection": "\(connection.name)", "run": "\(report.run)", "outcome": "\(report.outcome.rawValue)",
            "took": "\(Console.seconds(seconds))", "calls": "\(traffic.calls)", "pulled": "\(tally.pulled)",
            "inserted": "\(tally.inserted)", "updated": "\(tally.updated)", "marked": "\(tally.markedDeleted)",
            "rejected": "\(tally.rejected)",
        ]
        if let why = report.error ?? report.warnings.first {
            let line = why.split(separator: "\n").first.map(String.init) ?? why
            metadata["why"] = "\(line.harmless)"
        }
        if let resumeAt = report.resumeAt {
            metadata["again"] = "\(resumeAt.named(in: connection.settings.timeZone))"
        }
        self.metadata = metadata
    }
}

extension Duration {
    /// In seconds.
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
