/// Turns a batch of records into typed rows of an entity's tables.
///
/// Pure. A record is shaped whole or rejected whole; an element that the definition does not name lands in `extra` of
/// the row it stands in, as `"path": text` (or an object, or an array when repeated), and is noted as drift.
public struct RowShaper: Sendable {
    private let plan: ShapePlan

    /// A shaper of an entity's records as an endpoint's answer carries them.
    public init(_ entity: EntityDefinition, carries: Endpoint.Carries = .everything) {
        plan = ShapePlan(entity, carries: carries)
    }

    /// The rows, rejections and drift of a batch.
    ///
    /// The batch must come from a parser that numbers the entity's ``EntityDefinition/elementNames`` as they stand.
    public func shape(_ batch: consuming Batch) -> ShapedBatch {
        var work = Shaping(plan: plan, batch: batch)
        for index in 0..<work.batch.records.count { work.shapeRecord(index) }
        for one in work.batch.unreadable {
            work.result.rejections.append(
                Rejection(
                    key: "", table: plan.tables[0].name, column: one.path, raw: one.raw, reason: one.reason))
        }
        return work.finish()
    }
}
