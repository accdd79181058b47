public import Foundation

/// Turns a batch of records into typed rows of an entity's tables.
///
/// Pure. A record is shaped whole or rejected whole; an element that the definition does not name lands in `extra` of
/// the row it stands in, as `"path": text` (or an object, or an array when repeated), and is noted as drift.
public struct RowShaper: Sendable {
    private let plan: ShapePlan
    private let zone: TimeZone

    /// A shaper of an entity's records as an endpoint's answer carries them.
    ///
    /// `zone` is the organisation's: the day of a business date that the platform sends as a moment.
    public init(_ entity: EntityDefinition, carries: Endpoint.Carries = .everything, zone: TimeZone = .gmt) {
        plan = ShapePlan(entity, carries: carries)
        self.zone = zone
    }

    /// The rows, rejections and drift of a batch.
    ///
    /// The batch must come from a parser that numbers the entity's ``EntityDefinition/elementNames`` as they stand.
    public func shape(_ batch: consuming Batch) -> ShapedBatch {
        var work = Shaping(plan: plan, zone: zone, batch: batch)
        for index in 0..<work.batch.records.count { work.shapeRecord(index) }
        for one in work.batch.unreadable {
            work.result.rejections.append(
                Rejection(
                    key: "", table: plan.tables[0].name, column: one.path, raw: one.raw, reason: one.reason))
        }
        return work.finish()
    }
}
