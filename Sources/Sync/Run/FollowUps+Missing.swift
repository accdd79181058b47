internal import Inflow
internal import Warehouse

/// Asking by key for rows that were missing from an answer, and judging what comes back (``Inflow/KeyProof``).
extension FollowUps {
    /// Notes rows without a date as missing, once all lists of their entity were read: no list can hold or lack them.
    mutating func noteUndated(_ part: RunPlan.Part) async {
        let wholes = part.readings.filter { $0.reason == .whole || $0.reason == .list }
        guard part.entity.isDated, !wholes.isEmpty, let result = results[part.entity.name], result.errors.isEmpty,
            Set(wholes.map(\.chunk)).isSubset(of: result.loaded.map(\.chunk))
        else { return }
        let (missing, run) = (missing, run)
        _ = await ask(for: part.entity.name) { () async throws(WarehouseError) in
            try await missing.noteUndated(part.entity, run: run)
        }
    }

    /// Asks for the missing rows of every entity of the run that has some, and notes what is proved and what is not.
    ///
    /// Where there are more than the brake allows, all are held for a person and none is asked for.
    mutating func judgeAllMissing() async {
        guard isGoingOn, let first = plan.parts.first?.entity.name else { return }
        let missing = missing
        let pending = await ask(for: first) { () async throws(WarehouseError) in try await missing.pending() }
        let parts = plan.parts.filter { pending?.contains($0.entity.name) == true }
        for part in parts where isGoingOn {
            _ = await ask(for: part.entity.name) { () async throws(WarehouseError) in
                try await missing.forgetMoved(part.entity)
            }
        }
        let week = entitiesOfLists
        let (names, all) = (parts.map(\.entity.name), plan.parts.map(\.entity.name))
        guard isGoingOn, !names.isEmpty else { return }
        let count = await ask(for: first) { () async throws(WarehouseError) in
            try await missing.countMissing(entities: all, week: week)
        }
        guard await hold(count, entities: names, isMissing: true) else { return }
        for part in parts where isGoingOn { await judgeMissing(part.entity) }
    }

    /// Holds rows where there are more than the brake allows: those to be marked, or with `isMissing` to be looked for.
    ///
    /// - Returns: whether the run may go on with what is not held; false where rows could not be held.
    private mutating func hold(
        _ count: MissingRows.Count?, entities: [String], isMissing: Bool
    ) async -> Bool {
        guard let count, let first = entities.first else { return false }
        let brake = DeletionBrake(engine.connection.settings)
        guard let reason = brake.reason(rows: count.rows, marked: count.marked) else { return true }
        let missing = missing
        let held = await ask(for: first) { () async throws(WarehouseError) in
            try await missing.hold(entities: entities, missing: isMissing, reason)
        }
        for entity in held ?? [] { results.change(entity.entity) { $0.held += entity.rows } }
        return held != nil
    }

    /// All entities that are read as lists; values that hang on records have a brake of their own.
    private var entitiesOfLists: [String] { plan.known.filter { !$0.isPerParent }.map(\.name) }

    /// Marks what is gone as deleted; more rows than the brake allows are held for a person instead.
    mutating func markGone() async {
        guard isGoingOn, let first = plan.parts.first?.entity.name else { return }
        let (missing, run, names) = (missing, run, plan.parts.map(\.entity.name))
        let week = entitiesOfLists
        let count = await ask(for: first) { () async throws(WarehouseError) in
            try await missing.countGone(entities: names, week: week)
        }
        guard await hold(count, entities: names, isMissing: false) else { return }
        for part in plan.parts where isGoingOn {
            let marked = await ask(for: part.entity.name) { () async throws(WarehouseError) in
                try await missing.markGone(part.entity, run: run)
            }
            results.change(part.entity.name) { $0.tally.markedDeleted += marked ?? 0 }
        }
    }

    /// Notes the coverage of answers that rows were absent from, where none of these is missing or held any more.
    mutating func noteSettled() async {
        for part in plan.parts where isGoingOn {
            let loaded = (results[part.entity.name]?.loaded ?? []).filter(\.isUnsettled).map(\.chunk)
            let divided = results[part.entity.name]?.divided ?? []
            await noteParts(of: part.entity, months: (loaded + divided).touchedMonths)
            guard loaded.contains(.whole) else { continue }
            let (coverage, run) = (engine.coverage, run)
            _ = await ask(for: part.entity.name) { () async throws(WarehouseError) in
                try await coverage.noteList(part.entity, run: run)
            }
        }
    }

    /// Warns of rows that are missing although nothing proves that they are gone: the tables may differ from the
    /// platform in them.
    mutating func warnOfUnresolved() async {
        guard isGoingOn, let first = plan.parts.first?.entity.name else { return }
        let (missing, names) = (missing, plan.parts.map(\.entity.name))
        let found = await ask(for: first) { () async throws(WarehouseError) in
            try await missing.unresolved(entities: names)
        }
        for entity in found ?? [] {
            results.warn(
                entity.entity,
                "\(entity.rows) row(s) were absent from an answer and it is not proved that they are gone; they stay "
                    + "as they are and are looked for again: see \"inflow deletions --all\""
                    + (entity.why.map { " (\($0))" } ?? ""))
        }
    }

    private mutating func judgeMissing(_ entity: EntityDefinition) async {
        let (missing, run) = (missing, run)
        // A schedule asks again after growing pauses; a person who starts a run wants to know now.
        let isPatient = plan.trigger == .slot || plan.trigger == .catchUp || plan.trigger == .backfill
        let isDecided = plan.trigger == .deletions
        let toAsk = await ask(for: entity.name) { () async throws(WarehouseError) in
            try await missing.toAsk(entity, run: run, isPatient: isPatient, approvedFirst: isDecided)
        }
        let suspects = toAsk ?? []
        let before = results[entity.name]?.loaded.count ?? 0
        let verdicts = suspects.isEmpty ? [:] : await askByKey(entity, suspects.map(\.asked), .missing)
        let loaded = results[entity.name]?.loaded.dropFirst(before) ?? []
        guard isGoingOn, let asked = loaded.map(\.askedAt).min() else { return }
        var (gone, found): ([String], [String]) = ([], [])
        var notKnown: [(key: String, why: String)] = []
        for suspect in suspects {
            switch verdicts[suspect.asked] {
            case .gone?: gone.append(suspect.key)
            case .notKnown(let why)?: notKnown.append((suspect.key, why))
            // The merge has ended its story.
            case .found?: found.append(suspect.key)
            // Its chunk failed, and is an error of the entity.
            case nil: break
            }
        }
        _ = await ask(for: entity.name) { [gone, notKnown, found] () async throws(WarehouseError) in
            try await missing.noteVerdicts(entity, gone: gone, notKnown: notKnown, at: asked)
            try await missing.noteFound(entity, found, at: asked)
        }
    }

    /// Asks for records by key, and judges the answers.
    ///
    /// The first time that an entity is asked in a run, a record that exists and a made-up key are asked for along with
    /// the others.
    /// - Returns: the verdicts by key; a key whose chunk failed has none.
    mutating func askByKey(
        _ entity: EntityDefinition, _ keys: [String], _ reason: RunPlan.Reason
    ) async -> [String: KeyProof.Verdict] {
        var answers: [String: KeyAnswer.Outcome] = [:]
        for some in keys.chunked(by: Self.keysPerChunk) where isGoingOn {
            var asked = some
            var comparison: (control: String?, madeUp: String)?
            if proofs[entity.name] == nil {
                let (control, madeUp) = await comparisonKeys(entity, besides: keys)
                comparison = (control, madeUp)
                asked += [control, madeUp].compactMap(\.self)
            }
            let chunk = Chunk.parents(asked)
            // Only a chunk that was read to its end shows what the platform says of its keys.
            guard await load([RunPlan.Reading(chunk, reason, calls: asked.count)], of: entity) else { break }
            let loaded = results[entity.name]?.loaded.last { $0.chunk == chunk }
            for answer in loaded?.keyAnswers ?? [] { answers[answer.key] = answer.outcome }
            if let comparison {
                proofs[entity.name] = KeyProof(
                    control: comparison.control.flatMap { answers[$0] }, madeUp: answers[comparison.madeUp])
            }
        }
        guard let proof = proofs[entity.name] else { return [:] }
        return Dictionary(
            keys.compactMap { key in answers[key].map { (key, proof.verdict(on: $0)) } },
            uniquingKeysWith: { first, _ in first })
    }

    /// A record that exists, by what `get` asks for, where the table has one that is not missing; and a made-up key.
    private mutating func comparisonKeys(
        _ entity: EntityDefinition, besides keys: [String]
    ) async -> (control: String?, madeUp: String) {
        let missing = missing
        let found = await ask(for: entity.name) { () async throws(WarehouseError) in
            try await missing.control(entity, besides: keys)
        }
        let control = found ?? nil
        var random = SystemRandomNumberGenerator()
        let madeUp = KeyProof.madeUpKey(like: control ?? keys.first ?? "", using: &random)
        return (control, madeUp)
    }
}
