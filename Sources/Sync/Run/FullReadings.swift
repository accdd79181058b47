internal import Inflow
internal import Warehouse

/// Reads in full the documents that a list without lines inserted or changed, in the run that read the list.
///
/// The list of open invoices carries headers only (reference §5.3): after it, an invoice of any age has the right
/// amount and the lines of yesterday, or none. The months that the run reads anyway bring most of them. The others are
/// read by month where a month holds several of them, else by key; what is still without lines after that is asked for
/// by key once more, since it may have another date than the list said. What is left then keeps its day from being
/// complete and is read by the next run.
struct FullReadings<S: Source>: RunStage {
    let engine: RunEngine<S>
    let run: Int64
    let plan: RunPlan
    var results: RunResults

    /// Keys in one chunk of calls by key.
    private static var keysPerChunk: Int { 20 }

    /// Reads what the plan's entities lack.
    mutating func readAll() async {
        guard plan.trigger != .retry else { return }
        for part in plan.parts where isGoingOn { await read(part.entity) }
    }

    private mutating func read(_ entity: EntityDefinition) async {
        guard let pending = await pending(entity), !pending.isEmpty else { return }
        let months = Dictionary(grouping: pending.filter { $0.month != nil }, by: \.month)
            .filter { $0.value.count > 1 || $0.value.contains { $0.asked == nil } }.keys.compactMap(\.self).sorted()
        let spans = months.compactMap(Window.init(month:)).map { RunPlan.Reading(.span($0), .header) }
        let single = pending.filter { one in one.month.map { !months.contains($0) } ?? true }
        guard await load(spans + Self.byKey(single), of: entity) else { return }
        guard let left = await self.pending(entity), !left.isEmpty else { return }
        // What was asked for by key just now is not asked for again.
        let asked = Set(single.map(\.asked))
        guard await load(Self.byKey(left.filter { !asked.contains($0.asked) }), of: entity) else { return }
        let still = await self.pending(entity)?.count ?? 0
        if still > 0 {
            results.warn(
                entity.name,
                "\(still) document\(still == 1 ? "" : "s") in the list of open ones could not be read with their "
                    + "lines; the next run asks for them again")
        }
    }

    private mutating func pending(_ entity: EntityDefinition) async -> [HeaderOnlyStore.Pending]? {
        let store = HeaderOnlyStore(engine.warehouse, engine.connection)
        return await ask(for: entity.name) { () async throws(WarehouseError) in try await store.pending(entity) }
    }

    private static func byKey(_ pending: [HeaderOnlyStore.Pending]) -> [RunPlan.Reading] {
        pending.compactMap(\.asked).chunked(by: keysPerChunk).map {
            RunPlan.Reading(.parents($0), .header, calls: $0.count)
        }
    }
}
