internal import Inflow
internal import Warehouse

/// Asking by key for rows that were missing from an answer, and judging what comes back (``Inflow/KeyProof``).
extension FollowUps {
    /// Asks for the missing rows of every entity of the run that has some, and notes what is proved and what is not.
    mutating func judgeAllMissing() async {
        let missing = missing
        let pending = await ask(for: plan.parts.first?.entity.name ?? "") { () async throws(WarehouseError) in
            try await missing.pending()
        }
        for part in plan.parts where isGoingOn && pending?.contains(part.entity.name) == true {
            await judgeMissing(part.entity)
        }
    }

    private mutating func judgeMissing(_ entity: EntityDefinition) async {
        let (missing, run) = (missing, run)
        // A schedule asks again after growing pauses; a person who starts a run wants to know now.
        let isPatient = plan.trigger == .slot || plan.trigger == .catchUp || plan.trigger == .backfill
        let found = await ask(for: entity.name) { () async throws(WarehouseError) in
            try await missing.toAsk(entity, run: run, isPatient: isPatient)
        }
        let suspects = found ?? []
        let before = results[entity.name]?.loaded.count ?? 0
        let verdicts = suspects.isEmpty ? [:] : await askByKey(entity, suspects.map(\.asked), .missing)
        let loaded = results[entity.name]?.loaded.dropFirst(before) ?? []
        guard isGoingOn, let asked = loaded.map(\.askedAt).min() else { return }
        var gone: [String] = []
        var notKnown: [(key: String, why: String)] = []
        for suspect in suspects {
            switch verdicts[suspect.asked] {
            case .gone?: gone.append(suspect.key)
            case .notKnown(let why)?: notKnown.append((suspect.key, why))
            // Found: the merge has ended its story. Nothing: its chunk failed, and is an error of the entity.
            case .found?, nil: break
            }
        }
        _ = await ask(for: entity.name) { [gone, notKnown] () async throws(WarehouseError) in
            try await missing.noteVerdicts(entity, gone: gone, notKnown: notKnown, at: asked)
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
