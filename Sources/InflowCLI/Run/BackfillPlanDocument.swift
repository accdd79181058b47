import Inflow

/// The plan of a backfill, as a person or a program reads it.
struct BackfillPlanDocument: Encodable {
    struct Chunk: Encodable {
        let days: String
        let entities: [String]
    }

    let chunks: [Chunk]
    /// Chunks that the plan leaves out because the tables hold them already.
    let skipped: Int
    let calls: Int
    let minutes: Int?
    /// The calls as a percentage of one day's budget; null without a daily limit.
    let percentOfDay: Int?
    let callsLeftToday: Int?
    let days: Int

    private let window: String
    private let summary: String

    private enum CodingKeys: String, CodingKey {
        case chunks, skipped, calls, minutes, percentOfDay, callsLeftToday, days
    }

    init(_ plan: BackfillPlan, _ estimate: BackfillPlan.Estimate) {
        chunks = plan.chunks.map { Chunk(days: $0.description, entities: $0.parts.map(\.entity.name)) }
        skipped = plan.skipped
        (calls, minutes, percentOfDay) = (estimate.calls, estimate.minutes, estimate.percentOfDay)
        (callsLeftToday, days) = (estimate.left, estimate.days)
        window = "\(plan.window)"
        summary = "\(estimate.words)."
    }

    /// Prints the plan as a table and its estimate, or as JSON.
    func show(json: Bool) throws {
        if json { return try Console.json(self) }
        guard !chunks.isEmpty else {
            return Console.print(
                "The tables hold all of \(window) already: there is nothing to read. --again reads it once more.")
        }
        Console.table(["chunk", "to read"], chunks.map { [$0.days, $0.entities.joined(separator: ", ")] })
        if skipped > 0 { Console.print("The tables hold \(skipped) further chunks already.") }
        Console.print(summary)
    }
}
