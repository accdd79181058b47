internal import Foundation
internal import Inflow
internal import Warehouse

/// What can be read or decided only when the chunks of a run's plan are in.
///
/// In this order:
///
/// 1. Months that were read in parts count as covered.
/// 2. Documents that have left the lists of open documents are read again.
/// 3. Records that were missing from an answer are asked for by key; those proved to be gone are marked.
/// 4. Months and lists of which nothing is missing any more count as covered.
/// 5. Answers that look whole and may not be are warned of.
/// 6. Lines that belong to no record are deleted (reconciliation only).
/// 7. Jobs that a document mentions and the tables lack are read (Sync All only).
/// 8. Watermarks move to the time of the answers (Sync All only).
/// 9. Views of the organisation's own fields follow the fields' definitions.
///
/// A step is skipped once the run is stopped. Nothing is lost by that: each step finds its work in the warehouse, so
/// the next run finds the same work again.
struct FollowUps<S: Source>: RunStage {
    let engine: RunEngine<S>
    let run: Int64
    let plan: RunPlan
    var results: RunResults

    /// Keys in one chunk of calls by key.
    static var keysPerChunk: Int { 20 }

    /// What the reads by key of an entity are judged by, once it has been asked for.
    var proofs: [String: KeyProof] = [:]

    var missing: MissingRows { MissingRows(engine.warehouse, engine.connection) }

    /// Takes the steps in order and adds what they come to.
    mutating func readAll() async {
        guard plan.trigger != .retry else { return }
        for part in plan.parts {
            await noteParts(of: part.entity, months: (results[part.entity.name]?.divided ?? []).touchedMonths)
        }
        for part in plan.parts where isGoingOn { await readLeft(part.entity) }
        for part in plan.parts where plan.isFull && isGoingOn { await noteUndated(part) }
        await judgeAllMissing()
        await markGone()
        await noteSettled()
        await warnOfUnresolved()
        await warnOfDoubts()
        for part in plan.parts where plan.trigger == .reconcile && isGoingOn { await deleteStrayLines(part.entity) }
        if plan.isFull {
            for part in plan.parts where isGoingOn { await readMentioned(part.entity) }
            for part in plan.parts { await moveWatermark(part) }
        }
        await renewCustomViews()
    }

    // MARK: own fields

    /// Brings the views of own fields to the definitions that the run has loaded; where that fails, the rows are right
    /// and the views lack columns, which is a warning.
    private mutating func renewCustomViews() async {
        let name = "custom_field"
        guard isGoingOn, results[name]?.loaded.isEmpty == false else { return }
        do throws(WarehouseError) {
            _ = try await CustomFieldViews(engine.warehouse, engine.connection).refresh()
        } catch {
            results.warn(name, "the views with own fields as columns could not be renewed: \(error.message)")
        }
    }

    // MARK: lines without a record

    /// Deletes lines that belong to no record: a reconciliation finds what was changed by hand, and no answer tells of
    /// these.
    private mutating func deleteStrayLines(_ entity: EntityDefinition) async {
        guard !entity.children.isEmpty else { return }
        let stray = StrayLines(engine.warehouse, engine.connection)
        let deleted = await ask(for: entity.name) { () async throws(WarehouseError) in
            try await stray.delete(of: entity)
        }
        for (table, count) in deleted ?? [] {
            results.change(entity.name) {
                $0.corrections.append("\(table) held \(count) line(s) of no record; Inflow deleted them.")
            }
        }
    }

    // MARK: documents that left the open lists

    private mutating func readLeft(_ entity: EntityDefinition) async {
        let sweeps = (results[entity.name]?.loaded ?? []).filter(\.chunk.isSweep)
        // Only all lists together show which documents are in none of them.
        guard !entity.sweeps.isEmpty, Set(sweeps.map(\.chunk)).count == entity.sweeps.count,
            let swept = sweeps.map(\.askedAt).min()
        else { return }
        let documents = engine.openDocuments
        let found = await ask(for: entity.name) { () async throws(WarehouseError) in
            try await documents.findLeft(entity, swept: swept)
        }
        guard let left = found else { return }
        if left.listsAreEmpty {
            results.warn(entity.name, "the lists of open documents are empty now, and were not at the last reading")
        }
        var readings = left.months.compactMap(Window.init(month:)).map { RunPlan.Reading(.span($0), .left) }
        for keys in left.keys.chunked(by: Self.keysPerChunk) {
            readings.append(RunPlan.Reading(.parents(keys), .left, calls: keys.count))
        }
        guard !readings.isEmpty else { return }
        let isFirstDone = await load(readings, of: entity)
        let still = await ask(for: entity.name) { () async throws(WarehouseError) in
            try await documents.monthsStillLeft(entity)
        }
        let months = (still ?? []).filter { !left.months.contains($0) }
        let isSecondDone = await load(
            months.compactMap(Window.init(month:)).map { RunPlan.Reading(.span($0), .left) }, of: entity)
        guard isFirstDone, isSecondDone, still != nil else { return }
        let run = run
        _ = await ask(for: entity.name) { () async throws(WarehouseError) in
            try await documents.noteMissing(entity, run: run)
        }
    }

    // MARK: records that others mention

    private mutating func readMentioned(_ entity: EntityDefinition) async {
        guard !entity.mentionedIn.isEmpty else { return }
        let unknown = engine.unknownNumbers
        let found = await ask(for: entity.name) { () async throws(WarehouseError) in
            try await unknown.mentioned(entity)
        }
        guard let numbers = found, !numbers.isEmpty else { return }
        let asked = Array(numbers.prefix(mostMentioned))
        let verdicts = await askByKey(entity, asked, .mentioned)
        // A chunk that failed has said nothing of its numbers, and they keep their place.
        let answered = verdicts.mapValues { $0 == .gone }
        if !answered.isEmpty {
            _ = await ask(for: entity.name) { () async throws(WarehouseError) in
                try await unknown.noteAsked(entity, answered)
            }
        }
        let (left, most) = (numbers.count - answered.count, mostMentioned)
        guard left > 0 else { return }
        results.change(entity.name) {
            $0.notes.append(
                "Documents mention \(left) \(entity.name)(s) that the table lacks and that Inflow has yet to ask for by "
                    + "number; the next Sync Alls ask for up to \(most) each, the most mentioned first.")
        }
    }

    /// How many mentioned numbers a run asks for: a twenty-fifth of the calls of a day, or 200 where the day has no limit.
    private var mostMentioned: Int {
        let day = engine.connection.settings.callsPerDay
        return day > 0 ? max(Self.keysPerChunk, day / 25) : 200
    }

    // MARK: watermarks

    private mutating func moveWatermark(_ part: RunPlan.Part) async {
        guard part.entity.modified != nil, let result = results[part.entity.name], result.errors.isEmpty,
            result.tally.outside == 0
        else { return }
        let planned = part.readings.filter { $0.reason == .whole || $0.reason == .modified }
        let loaded = result.loaded.filter { $0.reason == .whole || $0.reason == .modified }
        guard !planned.isEmpty, loaded.count == planned.count, !result.wasStopped,
            let asked = loaded.map(\.askedAt).min(),
            let pulled = loaded.map({ $0.answeredAt ?? $0.askedAt }).min()
        else { return }
        let isWhole = planned.contains { $0.reason == .whole }
        let (engine, run) = (engine, run)
        _ = await ask(for: part.entity.name) { () async throws(WarehouseError) in
            try await engine.watermarks.setWatermark(part.entity, pulledAt: pulled, run: run)
            if isWhole, part.entity.isDated {
                try await engine.coverage.noteReadWhole(part.entity, at: asked, run: run)
            }
        }
    }
}
