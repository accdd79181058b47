public import Inflow

/// How far the records under some figures are complete.
public struct CompletenessLine: Sendable, Hashable {
    /// The entity's name.
    public let entity: String
    /// The day from which it is judged; `nil` where nothing was read yet.
    public let from: LocalDate?
    /// The last day of the unbroken span of complete days; `nil` where there is none.
    public let to: LocalDate?
    /// Records or values that are not loaded.
    public let rejected: Int
    /// Rows that may be gone at the platform, and wait for a decision.
    public let held: Int

    /// How far one entity is complete.
    public init(entity: String, from: LocalDate?, to: LocalDate?, rejected: Int, held: Int) {
        (self.entity, self.from, self.to) = (entity, from, to)
        (self.rejected, self.held) = (rejected, held)
    }

    /// The line, such as `Timesheets: complete from 1 Apr 2026 to 26 Nov 2026; 2 rejected`, with a full stop.
    var words: String {
        let name = EntityWords.plural(entity)
        var words: String
        switch (from, to) {
        case (let from?, let to?): words = "\(name): complete from \(DayWords.short(from)) to \(DayWords.short(to))"
        case (nil, let to?): words = "\(name): complete to \(DayWords.short(to))"
        case (let from?, nil): words = "\(name): not complete from \(DayWords.short(from)) on"
        case (nil, nil): words = "\(name): never read whole"
        }
        if rejected > 0 { words += "; \(NumberText.grouped(rejected)) rejected" }
        if held > 0 { words += "; \(NumberText.grouped(held)) held" }
        return words + "."
    }

    /// Whether something stands in the way.
    var isDoubtful: Bool { to == nil || rejected > 0 || held > 0 }

    /// The lines of several entities as templates see them.
    static func views(_ all: [CompletenessLine]) -> [CompletenessView] {
        all.map { CompletenessView(words: $0.words, tone: ($0.isDoubtful ? Tone.warn : Tone.good).rawValue) }
    }
}

/// A line that says how far figures are complete.
struct CompletenessView {
    let words: String
    let tone: String
}

/// Days that are short enough for a line.
enum DayWords {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// `26 Nov 2026`.
    static func short(_ day: LocalDate) -> String {
        let parts = day.components
        return "\(parts.day) \(months[parts.month - 1]) \(parts.year)"
    }

    /// `Nov 2026`.
    static func month(_ day: LocalDate) -> String {
        "\(months[day.components.month - 1]) \(day.components.year)"
    }

    /// `Nov`.
    static func monthAlone(_ month: Int) -> String { months[(month - 1) % 12] }
}
