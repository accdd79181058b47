internal import Inflow
internal import Warehouse

/// Comparing the first answer of a larger size with its months: no answer says by itself that the platform has cut it.
extension BackfillRun {
    /// The spans that some gaps are read in; the first of a size that nothing was compared with yet is read here, after
    /// its months, and left out.
    ///
    /// Lists with pages have counters, so nothing is compared.
    mutating func spans(_ gaps: [Window], of entity: EntityDefinition) async -> [Window] {
        let size = size(of: entity)
        guard entity.endpoint.paging == .none, size > longestWhole(entity) else { return gaps.flatMap(size.cut) }
        var spans = gaps.flatMap(size.cut)
        if let place = spans.firstIndex(where: { Chunk.span($0).isFull(size) }) {
            await compare(spans.remove(at: place), of: entity, size)
        }
        let longest = min(longestWhole(entity), self.size(of: entity))
        return spans.flatMap(longest.cut)
    }

    /// The largest size of which an answer was found to be whole; a month is the measure itself.
    private func longestWhole(_ entity: EntityDefinition) -> SpanSize { max(compared[entity.name] ?? .month, .month) }

    /// Reads the months of a span, and then the span at once: whatever ends the run in between, no month rests on an
    /// answer that nothing was compared with.
    ///
    /// Where the months have more, the run warns and reads them again, which ends what the cut answer said is missing.
    private mutating func compare(_ span: Window, of entity: EntityDefinition, _ size: SpanSize) async {
        let months = span.wholeMonths.compactMap(Window.init(month:))
        let before = results[entity.name]
        let failures = again.count
        await readSpans([part(entity, months, .history)], isLast: false)
        // Only months that are all here measure anything; those that failed are read once more at the end.
        guard !isOver, again.count == failures, let after = results[entity.name] else { return }
        let sent = after.tally.records - (before?.tally.records ?? 0)
        engine.progress(.goingOn(why: "\(entity.name), \(RunPlan.Reason.comparison.words)", chunks: 1))
        let part = part(entity, [span], .comparison)
        var come = await engine.load(plan.replacing([part]), run: run, isStopping: isStopping)
        guard let result = come[entity.name] else { return results.add(come) }
        await learn(part, result)
        guard let answer = result.loaded.first(where: { $0.chunk == .span(span) }) else {
            // The months are here, so a span that failed is no loss; a later one of the size is compared.
            if come.stopped == nil { come.change(entity.name) { $0.errors = [] } }
            return results.add(come)
        }
        let isWhole = result.tally.records >= sent && !answer.isUnsettled
        if !isWhole { come.change(entity.name) { $0.held = 0 } }
        results.add(come)
        guard !isWhole else {
            compared[entity.name] = size
            return await remember(size, of: entity, seconds: nil)
        }
        results.warn(
            entity.name,
            "the answer for \(span) lacked records that those for its months have (\(result.tally.records) of \(sent)): "
                + "the platform cuts long answers, so Inflow reads shorter spans")
        tooLarge[entity.name] = min(tooLarge[entity.name] ?? size, size)
        sizes[entity.name] = max(size.halved, .month)
        await readSpans([self.part(entity, months, .history)], isLast: false)
    }

    private func part(_ entity: EntityDefinition, _ spans: [Window], _ reason: RunPlan.Reason) -> RunPlan.Part {
        RunPlan.Part(entity: entity, readings: spans.map { RunPlan.Reading(.span($0), reason) })
    }
}

extension Tally {
    /// Records that stand in the tables as they were sent.
    fileprivate var records: Int { pulled - rejected - duplicates - outside }
}
