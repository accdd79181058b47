import Inflow
import Warehouse

/// Missing rows of one entity that one run missed for one reason, as a person sees them first.
struct MissingRowGroup {
    private let rows: [MissingRows.Missing]

    /// The groups of some rows, in their order.
    static func groups(_ rows: [MissingRows.Missing]) -> [MissingRowGroup] {
        var groups: [(id: [String], rows: [MissingRows.Missing])] = []
        for row in rows {
            let id = [row.entity, row.status.rawValue, String(row.run), row.reason == nil ? "" : "held"]
            if let place = groups.firstIndex(where: { $0.id == id }) {
                groups[place].rows.append(row)
            } else {
                groups.append((id, [row]))
            }
        }
        return groups.map { MissingRowGroup(rows: $0.rows) }
    }

    /// How many rows of which entity and months are missing, since which run, and why they wait.
    var words: String {
        guard let first = rows.first else { return "" }
        let days = rows.compactMap(\.datedOn).sorted()
        let months = [days.first, days.last].compactMap { $0?.prefix(7) }
        let span = Set(months).count == 1 ? months.prefix(1) : months[...]
        let parts = [
            "\(Console.grouped(rows.count)) row\(rows.count == 1 ? "" : "s")",
            span.joined(separator: " to "), "run \(first.run)",
        ].filter { !$0.isEmpty }
        return "\(first.entity): \(parts.joined(separator: ", ")), \(state(first))"
    }

    private func state(_ first: MissingRows.Missing) -> String {
        switch first.status {
        case .held:
            let reasons = Set(rows.compactMap(\.reason)).sorted()
            let why = reasons.count == 1 ? reasons[0] : "\(reasons.count) answers lacked many rows at once"
            return "held: \(why). An error at the platform is likelier than so many deletions."
        case .missing: return "missing: Inflow looks for them. \(answer)"
        case .approved: return "approved: Inflow checks them once more, then marks them. \(answer)"
        case .kept: return "kept by a person's decision."
        case .gone: return "proved to be gone; the run's end marks them."
        }
    }

    private var answer: String { rows.lazy.compactMap(\.answer).first.map { "The last answer: \($0)." } ?? "" }
}
