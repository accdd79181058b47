internal import Foundation
internal import Inflow
internal import Warehouse

/// The line: bytes → records → rows → staging → warehouse, for one chunk of one entity.
///
/// All or nothing: rows, rejections, history and checkpoint commit together in `merge`, so a chunk that is pulled twice
/// leaves the warehouse as if it was pulled once. Back-pressure needs no queue: the loop asks for the next batch only when
/// COPY has taken the last, so memory is one batch.
struct EntityRunner<S: Source> {
    let source: S
    let loader: Loader
    let entity: EntityDefinition
    let progress: @Sendable (Progress) -> Void

    /// Loads one chunk; `reading` keeps what it cost, also when it fails.
    func load(
        _ chunk: Chunk, carries: Endpoint.Carries, replay: Replay? = nil, _ reading: inout ChunkReceipt,
        _ drift: inout Set<String>
    ) async throws(Failure) -> LoadResult {
        let started = Date()
        let before = reading.seconds
        defer { reading.seconds = before + Date().timeIntervalSince(started) }
        do throws(WarehouseError) {
            try await loader.begin(entity, carries: carries, chunk: chunk, replay: replay)
        } catch {
            throw .warehouse(error)
        }
        try await stage(chunk, RowShaper(entity, carries: carries), &reading, &drift)
        reading.seconds = before + Date().timeIntervalSince(started)
        do throws(WarehouseError) {
            return try await loader.merge(reading)
        } catch {
            throw .warehouse(error)
        }
    }

    private func stage(
        _ chunk: Chunk, _ shaper: RowShaper, _ reading: inout ChunkReceipt, _ drift: inout Set<String>
    ) async throws(Failure) {
        reading.pulled = 0
        reading.replacedCharacters = 0
        reading.answeredAt = nil
        reading.parents = []
        var batches = source.records(of: entity, in: chunk).makeAsyncIterator()
        while true {
            let batch: Batch?
            do throws(SourceError) {
                batch = try await batches.next(isolation: nil)
            } catch {
                reading.traffic += error.traffic
                throw .source(error)
            }
            guard let batch else { return }
            reading.pulled += batch.records.count + batch.unreadable.count
            reading.traffic += batch.traffic
            reading.replacedCharacters += batch.replacedCharacters
            reading.answeredAt = reading.answeredAt ?? batch.answeredAt
            reading.parents += batch.answeredParents
            progress(.pulled(entity: entity.name, records: batch.records.count, traffic: batch.traffic))
            let archive = batch.archive
            let shaped = shaper.shape(batch)
            for note in shaped.drift { drift.insert(note.table + " " + note.path) }
            do throws(WarehouseError) {
                if !archive.isEmpty { try await loader.archive(archive) }
                try await loader.add(shaped)
            } catch {
                throw .warehouse(error)
            }
        }
    }

    /// Fills a derived entity from what the warehouse holds of another.
    func derive(
        from other: EntityDefinition, column: String, _ reading: inout ChunkReceipt
    ) async throws(Failure) -> LoadResult {
        do throws(WarehouseError) {
            // Only the key is derived: what a list of the platform has told besides stays.
            try await loader.begin(entity, carries: .parts(columns: entity.key, children: []), chunk: .whole)
            reading.pulled = try await loader.addDerived(from: other, column: column)
            return try await loader.merge(reading)
        } catch {
            throw .warehouse(error)
        }
    }
}
