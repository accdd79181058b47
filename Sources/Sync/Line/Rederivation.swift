public import Inflow
public import Logging
public import Warehouse

/// Derives tables again from archived answers, without a call: after a new column, or after a corrected fault.
///
/// The run has its own row in the run log and takes the same lock as a sync. Inflow replays the answers
/// in the order of their requests, each with the time of its own request, so an older answer does not overwrite a newer
/// one. It neither marks
/// rows as deleted nor revives any: an archived answer is no evidence of what exists today.
public struct Rederivation<S: Source>: Sendable {
    private let warehouse: Warehouse
    private let connection: Connection
    private let logger: Logger
    private let source: @Sendable (ArchivedChunk, any ArchiveReader) -> S
    private let progress: @Sendable (Progress) -> Void

    /// A rederivation for a connection; `source` reads archived chunks as the platform's answers are read.
    public init(
        _ warehouse: Warehouse, _ connection: Connection, logger: Logger,
        source: @escaping @Sendable (ArchivedChunk, any ArchiveReader) -> S,
        progress: @escaping @Sendable (Progress) -> Void
    ) {
        self.warehouse = warehouse
        self.connection = connection
        self.logger = logger
        self.source = source
        self.progress = progress
    }

    /// Derives the tables of these entities again, one entity after the other.
    ///
    /// - Throws: what kept the run from beginning, or its end from being written; the report has every other failure.
    public func run(_ entities: [EntityDefinition]) async throws(WarehouseError) -> RunReport {
        try await SchemaCheck(warehouse, entities: entities).run()
        let lock = try await RunLock.take(warehouse, for: connection) { progress(.waiting(for: $0)) }
        let archive = ArchiveStore(warehouse, connection)
        let report: RunReport
        do throws(WarehouseError) {
            report = try await runLocked(entities, archive)
        } catch {
            await archive.close()
            await lock.release()
            throw error
        }
        await archive.close()
        await lock.release()
        return report
    }

    private func runLocked(
        _ entities: [EntityDefinition], _ archive: ArchiveStore
    ) async throws(WarehouseError) -> RunReport {
        let log = RunLog(warehouse)
        let names = entities.map(\.name)
        let (run, closed) = try await log.begin(
            connection, trigger: .rederive, scope: "\(names.joined(separator: ", ")), from the archive",
            entities: names)
        if !closed.isEmpty { progress(.closedDeadRuns(closed)) }
        progress(.began(run: run, entities: names))
        let loader = Loader(warehouse, connection: connection, run: run)
        var results: [EntityResult] = []
        for entity in entities {
            let result = await derive(entity, archive, loader)
            results.append(result)
            progress(.ended(entity: result.entity, result: result))
            try await uncancelled { () async throws(WarehouseError) in
                try await log.endEntities(run, [result.end])
            }
        }
        await loader.close()
        let outcome = Rederivation.outcome(results)
        let errors = results.flatMap(\.errors)
        let error = errors.isEmpty ? nil : errors.joined(separator: "\n")
        try await uncancelled { () async throws(WarehouseError) in
            try await log.end(run, outcome: outcome, error: error)
        }
        return RunReport(run: run, outcome: outcome, entities: results, error: error, warnings: [])
    }

    private static func outcome(_ results: [EntityResult]) -> RunOutcome {
        if Task.isCancelled { return .interrupted }
        if results.contains(where: { !$0.errors.isEmpty }) { return .failed }
        return results.contains(where: \.isRejecting) ? .rejections : .green
    }

    // MARK: one entity

    private func derive(_ entity: EntityDefinition, _ archive: ArchiveStore, _ loader: Loader) async -> EntityResult {
        let chunks: [ArchivedChunk]
        do throws(WarehouseError) {
            chunks = ArchivedChunk.chunks(of: try await archive.current(entity.name))
        } catch {
            var result = EntityResult(entity.name, plannedChunks: 1)
            result.errors = [error.message]
            return result
        }
        var result = EntityResult(entity.name, plannedChunks: chunks.count)
        for chunk in chunks {
            guard !Task.isCancelled else {
                result.wasStopped = true
                break
            }
            await derive(entity, chunk, archive, loader, &result)
        }
        return result
    }

    private func derive(
        _ entity: EntityDefinition, _ chunk: ArchivedChunk, _ archive: ArchiveStore, _ loader: Loader,
        _ result: inout EntityResult
    ) async {
        var outcome = ChunkOutcome()
        do throws(Failure) {
            guard let endpoint = entity.endpoint(at: chunk.answers[0].request.endpoint) else {
                throw .source(
                    SourceError(
                        .archive, subject: "\(entity.name), \(chunk.label)",
                        message: "The answers came from \(chunk.answers[0].request.endpoint), which this Inflow does "
                            + "not read any more. Inflow loads none of them."))
            }
            let runner = EntityRunner(
                source: source(chunk, archive), loader: loader, entity: entity, progress: progress)
            try await runner.load(chunk.chunk, carries: endpoint.carries, replay: Replay(of: chunk), into: &outcome)
            let tally = outcome.merged?.tally ?? Tally()
            result.tally += tally
            result.loadedChunks += 1
            progress(.loaded(entity: entity.name, chunk: chunk.label, tally: tally))
        } catch {
            result.errors.append("\(chunk.label): \(error.detailedMessage)")
            progress(.failed(entity: entity.name, chunk: chunk.label, reason: error.detailedMessage))
            await note(error, entity, chunk, outcome.receipt, loader)
        }
        result.drift.formUnion(outcome.drift)
        result.replacedCharacters += outcome.receipt.replacedCharacters
        result.lostCharacters += outcome.receipt.lostCharacters
        result.rejectedValues += outcome.merged?.rejectedValues ?? 0
    }

    private func note(
        _ failure: Failure, _ entity: EntityDefinition, _ chunk: ArchivedChunk, _ reading: ChunkReceipt,
        _ loader: Loader
    ) async {
        do throws(WarehouseError) {
            try await loader.noteFailure(
                of: entity, chunk: chunk.chunk, replay: Replay(of: chunk), reading: reading,
                error: failure.detailedMessage)
        } catch {
            logger.warning("Inflow could not record a failed chunk in the run log: \(error.message)")
        }
    }
}
