internal import Inflow
internal import Warehouse

/// Comparing the first answer of a larger size with one of its months, read once more: no answer says by itself that the
/// platform has cut it.
extension BackfillRun {
    /// A loaded span that is the first of its size, where the platform sends the list without pages.
    func firstOfItsSize(_ part: RunPlan.Part, _ result: EntityResult) -> Window? {
        let size = size(of: part.entity)
        guard part.entity.endpoint.paging == .none, size > max(compared[part.entity.name] ?? .month, .month) else {
            return nil
        }
        for loaded in result.loaded where loaded.chunk.isFull(size) {
            if case .span(let span) = loaded.chunk { return span }
        }
        return nil
    }

    /// Reads the month of a span again of which the fewest records came: of an answer that was cut, that is where
    /// records are lacking.
    ///
    /// Where the month by itself has more, the span is read again in smaller ones, and the run warns.
    mutating func compare(_ span: Window, of entity: EntityDefinition, _ size: SpanSize) async {
        let coverage = engine.coverage
        let counts = await ask(for: entity.name) { () async throws(WarehouseError) in
            try await coverage.rowsFound(entity, months: span.wholeMonths)
        }
        guard let fewest = counts?.min(by: { ($0.value, $0.key) < ($1.value, $1.key) }),
            let month = Window(month: fewest.key)
        else { return }
        let part = RunPlan.Part(entity: entity, readings: [RunPlan.Reading(.span(month), .comparison)])
        engine.progress(.goingOn(why: "\(entity.name), \(RunPlan.Reason.comparison.words)", chunks: 1))
        var come = await engine.load(plan.replacing([part]), run: run, isStopping: isStopping)
        guard let result = come[entity.name], result.loaded.contains(where: { $0.chunk == .span(month) }) else {
            // It is read once more at the end, and a later span of the size is compared.
            if come.stopped == nil {
                again.append((entity, month))
                come.change(entity.name) { $0.errors = [] }
            }
            return results.add(come)
        }
        results.add(come)
        let rows = result.tally.pulled - result.tally.rejected - result.tally.duplicates - result.tally.outside
        guard rows > fewest.value else {
            compared[entity.name] = max(compared[entity.name] ?? .month, size)
            return await remember(size, of: entity, seconds: nil)
        }
        results.warn(
            entity.name,
            "the answer for \(span) lacked records that the one for \(month) has (\(fewest.value) of \(rows)): the "
                + "platform cuts long answers, so Inflow reads shorter spans")
        tooLarge[entity.name] = min(tooLarge[entity.name] ?? size, size)
        sizes[entity.name] = max(size.halved, .month)
        await read([(entity, [span])])
    }
}
