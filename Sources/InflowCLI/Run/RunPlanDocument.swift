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
    /// The most calls that the run makes besides for values of records that its lists bring or show as changed.
    let moreValueCalls: Int
    /// Entities whose list is followed by a call for each of their records.
    let readEach: [String]
    /// How far values are read now: what waits is read in the background, or by later runs.
    let values: PerParentStatus

    init(_ plan: RunPlan, moreValueCalls: Int, values: PerParentStatus) {
        scope = plan.scope
        calls = plan.calls
        readings = plan.parts.flatMap { part in
            part.readings.map {
                Reading(entity: part.entity.name, what: $0.chunk.description, why: $0.reason.words, calls: $0.calls)
            }
        }
        self.moreValueCalls = moreValueCalls
        readEach = plan.parts.filter { $0.entity.isReadEach && !$0.readings.isEmpty }.map(\.entity.name)
        self.values = values
    }

    /// Prints the plan as a table, or as JSON.
    func show(json: Bool) throws {
        if json { return try Console.json(self) }
        Console.table(
            ["entity", "what", "why", "calls"],
            readings.map { [$0.entity, $0.what, $0.why, Console.grouped($0.calls)] })
        var sentences = [
            "\(scope): \(Console.grouped(readings.count)) readings, about \(Console.grouped(calls)) calls.",
            "Only the answers show what a run must read besides: documents that were closed, missing records, and jobs "
                + "that documents mention.",
        ]
        if !readEach.isEmpty {
            sentences.append("Each new or changed record of \(readEach.joined(separator: ", ")) is one call more.")
        }
        if moreValueCalls > 0 {
            sentences.append(
                "Values of records that the lists bring take up to \(Console.grouped(moreValueCalls)) calls more.")
        }
        sentences.append(
            "Values now: \(values.line)"
                + (values.toBeAsked > 0 ? "; \(Console.grouped(values.toBeAsked)) records wait for a call." : "."))
        Console.print(sentences.joined(separator: " "))
    }
}
