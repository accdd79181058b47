import Inflow

/// The plan of a run, as a person or a program reads it.
struct RunPlanDocument: Encodable {
    struct Reading: Encodable {
        let entity: String
        let what: String
        let why: String
        let calls: Int
    }

    let scope: String
    let calls: Int
    let readings: [Reading]

    init(_ plan: RunPlan) {
        scope = plan.scope
        calls = plan.calls
        readings = plan.parts.flatMap { part in
            part.readings.map {
                Reading(entity: part.entity.name, what: $0.chunk.description, why: $0.reason.words, calls: $0.calls)
            }
        }
    }

    /// Prints the plan as a table, or as JSON.
    func show(json: Bool) throws {
        if json { return try Console.json(self) }
        Console.table(
            ["entity", "what", "why", "calls"],
            readings.map { [$0.entity, $0.what, $0.why, Console.grouped($0.calls)] })
        Console.print(
            "\(scope): \(Console.grouped(readings.count)) readings, about \(Console.grouped(calls)) calls. Only the "
                + "answers show what a run must read besides: documents that were closed, missing records, jobs that "
                + "documents mention, and values of new records."
        )
    }
}
