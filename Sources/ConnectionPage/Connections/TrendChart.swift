internal import Foundation
internal import Inflow

/// The last runs of a connection as small bars: how tall, how long they took; how coloured, how they ended.
struct TrendChart {
    private let bars: [Bar]
    private let words: String

    private struct Bar {
        let x: Int
        let y: Int
        let height: Int
        let tone: String
        let words: String
    }

    private static let places = 14
    private static let height = 36

    init(_ points: [ConnectionCard.Point], zone: TimeZone) {
        let shown = points.suffix(TrendChart.places)
        let longest = max(1, shown.compactMap(\.seconds).max() ?? 1)
        let first = TrendChart.places - shown.count
        bars = shown.enumerated().map { place, point in
            let share = (point.seconds ?? longest) / longest
            let height = max(4, Int((share * Double(TrendChart.height)).rounded()))
            let took = point.seconds.map { ", " + NumberText.duration($0) } ?? ""
            return Bar(
                x: (first + place) * 20, y: TrendChart.height - height, height: height,
                tone: Tone(point.status).rawValue,
                words: "Run \(point.run), \(point.startedAt.text(in: zone)): \(RunWords.status(point.status))\(took), "
                    + "\(NumberText.grouped(point.rows)) rows")
        }
        let good = shown.filter { Tone($0.status) == .good }.count
        words = shown.isEmpty ? "No run yet" : "The last \(shown.count) runs: \(good) green"
    }
}
