internal import Inflow
internal import Warehouse

/// The line: bytes → records → rows → staging → warehouse, for one chunk of one entity.
///
/// ``load(_:carries:replay:into:)`` is all of Inflow in a dozen lines. The rest decides which chunk it is given, and
/// what happens when it throws. The source is pulled: the loop asks for the next batch when COPY has taken the last
/// one, so back-pressure needs no queue and a worker holds one batch in memory.
///
/// A chunk is loaded all or nothing. Rows, rejections, history, archive and checkpoint commit together in
/// `Loader.merge`: a chunk that is pulled twice leaves the warehouse as if it was pulled once, and a chunk that fails
/// leaves nothing. The outcome counts what the chunk cost also when it fails, since the platform counted those calls.
struct EntityRunner<S: Source> {
    let source: S
    let loader: Loader
    let entity: EntityDefinition
    let progress: @Sendable (Progress) -> Void

    /// Loads one chunk; `outcome` counts what it cost, also when this throws.
    func load(
        _ chunk: Chunk, carries: Endpoint.Carries, replay: Replay? = nil, into outcome: inout ChunkOutcome
    ) async throws(Failure) {
        let started = outcome.beginTry()
        defer { outcome.countSeconds(of: started) }
        try await warehouse { () async throws(WarehouseError) in
            try await loader.begin(entity, carries: carries, chunk: chunk, replay: replay)
        }
        let shaper = RowShaper(entity, carries: carries, zone: loader.zone)
        var batches = source.records(of: entity, in: chunk).makeAsyncIterator()
        while let batch = try await outcome.next(of: &batches) {
            let answer = batch.answer
            progress(.pulled(entity: entity.name, records: batch.count, traffic: answer.traffic))
            let shaped = shaper.shape(batch).noting(answer.unknown, around: entity)
            outcome.count(shaped)
            outcome.count(answer.keyAnswers, of: entity)
            outcome.warnings.formUnion(answer.doubts)
            try await warehouse { () async throws(WarehouseError) in
                try await loader.archive(answer.archive)
                try await loader.add(shaped)
            }
        }
        try await merge(&outcome, started)
    }

    /// Fills a derived entity from what the warehouse holds of another one; no call is made.
    func derive(
        from other: EntityDefinition, column: String, into outcome: inout ChunkOutcome
    ) async throws(Failure) {
        outcome.receipt.pulled = try await warehouse { () async throws(WarehouseError) in
            // Only the key is derived. What a list of the platform said about the other columns stays.
            try await loader.begin(entity, carries: .parts(columns: entity.key, children: []), chunk: .whole)
            return try await loader.addDerived(from: other, column: column)
        }
        try await merge(&outcome, nil)
    }

    private func merge(_ outcome: inout ChunkOutcome, _ started: ChunkOutcome.Started?) async throws(Failure) {
        if let started { outcome.countSeconds(of: started) }
        let receipt = outcome.receipt
        outcome.merged = try await warehouse { () async throws(WarehouseError) in try await loader.merge(receipt) }
    }
}
