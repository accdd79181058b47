public import Inflow
public import Logging
public import Warehouse

/// Derives tables again from archived answers, with no call to the platform: after a new column, or a bug that is fixed.
///
/// A run of its own in the run log. Answers are replayed in the order they were asked for, each with the time it was asked
/// for then, so that nothing a newer answer said is overwritten; nothing is marked as deleted and nothing revived.
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

    /// Derives these entities again.
    ///
    /// - Throws: what kept the run from beginning, or from being closed; everything else is told by the report.
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
            try await RunEngine<S>.uncancelled { () async throws(WarehouseError) in
                try await log.endEntities(run, [result.end])
            }
        }
        await loader.close()
        let outcome = Rederivation.outcome(results)
        let errors = results.flatMap(\.errors)
        let error = errors.isEmpty ? nil : errors.joined(separator: "\n")
        try await RunEngine<S>.uncancelled { () async throws(WarehouseError) in
            try await log.end(run, outcome: outcome, error: error)
        }
        return RunReport(run: run, outcome: outcome, entities: results, error: error, warnings: [])
    }

    private static func outcome(_ results: [EntityResult]) -> RunOutcome {
        if Task.isCancelled { return .interrupted }
        if results.contains(where: { !$0.errors.isEmpty }) { return .failed }
        return results.contains { $0.tally.rejected > 0 } ? .rejections : .green
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
        var reading = ChunkReceipt()
        do throws(Failure) {
            guard let endpoint = entity.endpoint(at: chunk.answers[0].request.endpoint) else {
                throw .source(
                    SourceError(
                        .archive, subject: "\(entity.name), \(chunk.label)",
                        message: "The answers came from \(chunk.answers[0].request.endpoint), which this Inflow does "
                            + "not read any more. Nothing of them is loaded."))
            }
            let runner = EntityRunner(
                source: source(chunk, archive), loader: loader, entity: entity, progress: progress)
            let tally = try await runner.load(
                chunk.chunk, carries: endpoint.carries, replay: Replay(of: chunk), &reading, &result.drift
            ).tally
            result.tally += tally
            result.loadedChunks += 1
            progress(.loaded(entity: entity.name, chunk: chunk.label, tally: tally))
        } catch {
            result.errors.append("\(chunk.label): \(error.detailedMessage)")
            progress(.failed(entity: entity.name, chunk: chunk.label, reason: error.detailedMessage))
            await note(error, entity, chunk, reading, loader)
        }
        result.replacedCharacters += reading.replacedCharacters
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
            logger.warning("A failed chunk could not be noted in the run log: \(error.message)")
        }
    }
}
