internal import Foundation

/// Bars as SVG: groups beside each other with upright bars, or below each other with lying ones, about a line at nought.
///
/// Places are whole numbers in the drawing's own units; colours are classes of the stylesheet.
struct BarChart {
    private let chartID: String
    private let chartTitle: String
    private let chartDescription: String
    private let width: Int
    private let height: Int
    private let gridlines: [Gridline]
    private let bars: [Bar]
    private let labels: [Label]
    private let keys: [Key]
    private let hasKeys: Bool

    private struct Gridline {
        let x1: Int
        let y1: Int
        let x2: Int
        let y2: Int
        let isZero: Bool
    }

    private struct Bar {
        let x: Int
        let y: Int
        let width: Int
        let height: Int
        let tone: String
        let words: String
    }

    private struct Label {
        let x: Int
        let y: Int
        let anchor: String
        let words: String
    }

    private struct Key {
        let tone: String
        let words: String
    }

    private static let fullWidth = 720
    private static let plotHeight = 220
    private static let mostLetters = 20

    init(_ kind: ChartKind, title: String, _ sight: ChartSight) {
        chartID = "chart-" + kind.rawValue
        chartTitle = title
        keys = sight.series.enumerated().map { Key(tone: "series-\($0 % 6 + 1)", words: $1.words) }
        hasKeys = sight.series.count > 1
        chartDescription = BarChart.description(sight)
        let values = sight.series.flatMap(\.values).compactMap { $0 }.map { NSDecimalNumber(decimal: $0).doubleValue }
        let scale = ChartScale(values)
        let drawing =
            kind == .utilisation ? BarChart.lying(sight, scale) : BarChart.upright(sight, scale)
        (width, height) = (BarChart.fullWidth, drawing.height)
        (gridlines, bars, labels) = (drawing.gridlines, drawing.bars, drawing.labels)
    }

    private struct Drawing {
        var height: Int
        var gridlines: [Gridline] = []
        var bars: [Bar] = []
        var labels: [Label] = []
    }

    private static func upright(_ sight: ChartSight, _ scale: ChartScale) -> Drawing {
        let (left, top, right) = (70, 10, fullWidth - 10)
        let bottom = top + plotHeight
        var drawing = Drawing(height: bottom + 30)
        func y(_ value: Double) -> Int { bottom - Int((scale.share(value) * Double(plotHeight)).rounded()) }
        for tick in scale.ticks {
            drawing.gridlines.append(Gridline(x1: left, y1: y(tick), x2: right, y2: y(tick), isZero: tick == 0))
            drawing.labels.append(Label(x: left - 6, y: y(tick) + 4, anchor: "end", words: scale.words(tick)))
        }
        let group = Double(right - left) / Double(max(1, sight.groups.count))
        let bar = max(2, group * 0.8 / Double(max(1, sight.series.count)))
        // Labels that would touch each other are left out.
        let each = max(1, Int((46 / group).rounded(.up)))
        for (place, words) in sight.groups.enumerated() {
            let start = Double(left) + group * Double(place)
            if place.isMultiple(of: each) {
                drawing.labels.append(
                    Label(x: Int(start + group / 2), y: bottom + 18, anchor: "middle", words: short(words)))
            }
            for (number, series) in sight.series.enumerated() {
                guard place < series.values.count, let value = series.values[place] else { continue }
                let end = y(NSDecimalNumber(decimal: value).doubleValue)
                drawing.bars.append(
                    Bar(
                        x: Int(start + group * 0.1 + bar * Double(number)), y: min(end, y(0)),
                        width: max(1, Int(bar) - 1),
                        height: abs(end - y(0)), tone: "series-\(number % 6 + 1)",
                        words: BarChart.words(words, series.words, value, sight.unit)))
            }
        }
        return drawing
    }

    private static func lying(_ sight: ChartSight, _ scale: ChartScale) -> Drawing {
        let (left, right, line) = (170, fullWidth - 30, 24)
        let bottom = max(1, sight.groups.count) * line + 10
        var drawing = Drawing(height: bottom + 26)
        func x(_ value: Double) -> Int { left + Int((scale.share(value) * Double(right - left)).rounded()) }
        for tick in scale.ticks {
            drawing.gridlines.append(Gridline(x1: x(tick), y1: 4, x2: x(tick), y2: bottom, isZero: tick == 0))
            drawing.labels.append(Label(x: x(tick), y: bottom + 18, anchor: "middle", words: scale.words(tick)))
        }
        for (place, words) in sight.groups.enumerated() {
            let top = 8 + place * line
            drawing.labels.append(Label(x: left - 8, y: top + 14, anchor: "end", words: short(words)))
            for (number, series) in sight.series.enumerated() {
                guard place < series.values.count, let value = series.values[place] else { continue }
                let end = x(NSDecimalNumber(decimal: value).doubleValue)
                let thickness = 18 / max(1, sight.series.count)
                drawing.bars.append(
                    Bar(
                        x: min(end, x(0)), y: top + number * thickness, width: abs(end - x(0)), height: thickness,
                        tone: "series-\(number % 6 + 1)", words: BarChart.words(words, series.words, value, sight.unit))
                )
            }
        }
        return drawing
    }

    private static func short(_ words: String) -> String {
        words.count > mostLetters ? words.prefix(mostLetters - 1) + "…" : words
    }

    private static func words(_ group: String, _ series: String, _ value: Decimal, _ unit: String) -> String {
        "\(group), \(series): \(DecimalText.grouped(value)) \(unit)"
    }

    /// The greatest and the smallest value of each series, for whoever does not see the drawing.
    private static func description(_ sight: ChartSight) -> String {
        let parts = sight.series.compactMap { series -> String? in
            let known = zip(sight.groups, series.values).compactMap { group, value in value.map { (group, $0) } }
            guard let most = known.max(by: { $0.1 < $1.1 }), let least = known.min(by: { $0.1 < $1.1 }) else {
                return nil
            }
            return "\(series.words): from \(DecimalText.grouped(least.1)) (\(least.0)) to "
                + "\(DecimalText.grouped(most.1)) (\(most.0)) \(sight.unit)."
        }
        return parts.isEmpty ? "There is nothing to draw." : parts.joined(separator: " ") + " The table has all values."
    }
}

/// The numbers at the side of a chart, and where a value lies between them.
struct ChartScale {
    /// Round numbers from the least to the greatest; nought is among them.
    let ticks: [Double]

    /// A scale that holds some values, which may be none, all nought, or negative.
    init(_ values: [Double]) {
        let most = max(0, values.max() ?? 0)
        let least = min(0, values.min() ?? 0)
        let span = most - least
        guard span > 0, span.isFinite else {
            ticks = [0, 1]
            return
        }
        let rough = span / 4
        let power = pow(10, floor(log10(rough)))
        let step = ([1, 2, 2.5, 5, 10].first { $0 * power >= rough } ?? 10) * power
        let (first, last) = (Int(floor(least / step)), Int(ceil(most / step)))
        ticks = (first...max(last, first + 1)).map { Double($0) * step }
    }

    /// Where a value lies, from 0 at the least tick to 1 at the greatest.
    func share(_ value: Double) -> Double {
        guard let least = ticks.first, let most = ticks.last, most > least else { return 0 }
        return (value - least) / (most - least)
    }

    /// A tick in words: `250k`, `1.5M`, `40`.
    func words(_ tick: Double) -> String {
        let size = abs(tick)
        let (value, end) = size >= 1e6 ? (tick / 1e6, "M") : size >= 1e4 ? (tick / 1e3, "k") : (tick, "")
        let text = String(format: "%.2f", locale: Locale(identifier: "en_US_POSIX"), abs(value))
        var plain = Substring(text)
        while plain.last == "0" { plain.removeLast() }
        if plain.last == "." { plain.removeLast() }
        return (tick < 0 ? "−" : "") + plain + end
    }
}
