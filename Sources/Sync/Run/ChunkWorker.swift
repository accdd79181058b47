internal import Inflow
internal import Logging
internal import Warehouse

/// One of a run's workers: takes chunks from the board and loads them on a session of its own, each with its retries.
struct ChunkWorker<S: Source>: Sendable {
    let engine: RunEngine<S>
    let board: RunBoard
    let loader: Loader

    /// Works until the board has no chunk left.
    func work() async {
        var last: Int?
        while let task = await board.next(after: last) {
            last = task.part
            let purpose: CallPurpose = CallPurpose.current == .run ? task.reason.purpose : .background
            let outcome = await CallPurpose.$current.withValue(purpose) { await load(task) }
            await board.done(task, outcome)
        }
        await loader.close()
    }

    /// Loads a chunk, and again after a failure that may pass, as often as the retry pattern allows.
    private func load(_ task: RunBoard.Assignment) async -> ChunkOutcome {
        let runner = EntityRunner(
            source: engine.source, loader: loader, entity: task.entity, progress: engine.progress)
        var outcome = ChunkOutcome()
        while true {
            do throws(Failure) {
                if let derived = task.derived {
                    try await runner.derive(from: derived.entity, column: derived.column, into: &outcome)
                } else {
                    try await runner.load(task.chunk, carries: carries(task), into: &outcome)
                }
                engine.progress(
                    .loaded(
                        entity: task.entity.name, chunk: task.chunk.description, tally: outcome.merged?.tally ?? Tally()
                    ))
                return outcome
            } catch {
                let failure = Task.isCancelled ? Failure.cancelled : error
                guard mayTryAgain(task, outcome, failure), await pause(task, outcome.receipt.tries, failure) else {
                    outcome.failure = Task.isCancelled ? .cancelled : failure
                    await note(outcome, task)
                    return outcome
                }
                outcome.receipt.tries += 1
            }
        }
    }

    private func mayTryAgain(_ task: RunBoard.Assignment, _ outcome: ChunkOutcome, _ failure: Failure) -> Bool {
        // A backfill asks for half of a span at once where the platform did not answer in time.
        let tries =
            board.dividesSlow && failure.isTimeOut
            ? 1 : engine.retries.tries(after: failure, isPart: task.whole != nil)
        return outcome.receipt.tries < tries && failure.tries < tries
    }

    private func carries(_ task: RunBoard.Assignment) -> Endpoint.Carries {
        if case .sweep(let endpoint) = task.chunk { return endpoint.carries }
        if case .parents = task.chunk { return task.entity.get?.carries ?? .everything }
        if task.entity.isReadEach { return task.entity.get?.carries ?? .everything }
        if engine.connection.settings.jobStatusList, let alternative = task.entity.alternative {
            return alternative.carries
        }
        return task.entity.endpoint.carries
    }

    /// Waits before the next try; false when the run was interrupted meanwhile.
    private func pause(_ task: RunBoard.Assignment, _ tries: Int, _ failure: Failure) async -> Bool {
        engine.progress(
            .retrying(
                entity: task.entity.name, chunk: task.chunk.description, tries: tries, reason: failure.message))
        do {
            try await engine.clock.sleep(for: engine.retries.pause(after: tries, spread: .random(in: 0...1)))
            return true
        } catch {
            return false
        }
    }

    private func note(_ outcome: ChunkOutcome, _ task: RunBoard.Assignment) async {
        guard let failure = outcome.failure else { return }
        engine.progress(
            .failed(entity: task.entity.name, chunk: task.chunk.description, reason: failure.detailedMessage))
        do throws(WarehouseError) {
            try await loader.noteFailure(
                of: task.entity, chunk: task.chunk, reading: outcome.receipt, error: failure.detailedMessage,
                isUnreadableDay: task.isOneUnreadableDay(failure))
        } catch {
            // A cancelled run opens no session any more, and a server that is away stops the run: its row says why.
            guard !Task.isCancelled, error.code != .unreachable else { return }
            engine.logger.warning("Inflow could not record a failed chunk in the run log: \(error.message)")
        }
    }
}
