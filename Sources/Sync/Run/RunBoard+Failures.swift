internal import Inflow
internal import Warehouse

/// What a failed chunk means for the rest of the run.
extension RunBoard {
    /// A span that Inflow reads in parts, since it could not read its answer whole.
    struct Divided: Sendable {
        let chunk: Chunk
        let reason: RunPlan.Reason
        /// Parts that are not loaded yet.
        var open: Int
        /// Whether Inflow could not read a part either.
        var isBroken = false
        var askedAt: Instant?
        var answeredAt: Instant?
    }

    /// Records that Inflow gave up on a chunk: halves it, notes it, leaves it to another day or stops the run.
    func fail(_ work: Work, _ failure: Failure) {
        switch RecoveryPolicy.recovery(for: failure) {
        case .retry, .retryOnce, .failChunk:
            if let halves = work.halves(after: failure, dividingSlow: dividesSlow) {
                if !RecoveryPolicy.isUnreadable(failure) { results[work.part].slow.append(work.chunk) }
                return divide(work, halves)
            }
            if work.isOneUnreadableDay(failure) {
                results[work.part].unreadableDays += 1
            } else {
                results[work.part].errors.append("\(work.chunk): \(failure.detailedMessage)")
                results[work.part].failed.append(work.chunk)
            }
            if let whole = work.whole {
                wholes[whole].isBroken = true
                wholes[whole].open -= 1
            }
            guard RecoveryPolicy.isOfThePlatform(failure) else { return }
            failuresInRow += 1
            if failuresInRow >= RecoveryPolicy.mostFailuresInRow { stop(RunBoard.platformIsDown(failure)) }
        case .postpone where !isBackground:
            results[work.part].postponed += 1
            if let whole = work.whole { wholes[whole].isBroken = true }
        case .postpone, .failRun, .stopForQuota, .waitForPerson, .interrupted:
            results[work.part].errors.append(failure.detailedMessage)
            stop(failure)
        }
    }

    /// Records a loaded chunk; a part of a span counts when all its parts are loaded.
    func note(_ loaded: Loaded, of work: Work) {
        guard let number = work.whole else {
            results[work.part].loaded.append(loaded)
            return
        }
        wholes[number].open -= 1
        wholes[number].askedAt = min(wholes[number].askedAt ?? loaded.askedAt, loaded.askedAt)
        let answered = loaded.answeredAt ?? loaded.askedAt
        wholes[number].answeredAt = min(wholes[number].answeredAt ?? answered, answered)
        let whole = wholes[number]
        guard whole.open == 0, !whole.isBroken, let askedAt = whole.askedAt else { return }
        results[work.part].loaded.append(
            Loaded(chunk: whole.chunk, reason: whole.reason, askedAt: askedAt, answeredAt: whole.answeredAt))
    }

    private func divide(_ work: Work, _ halves: [Chunk]) {
        let number = work.whole ?? wholes.count
        if work.whole == nil {
            wholes.append(Divided(chunk: work.chunk, reason: work.reason, open: 1))
            results[work.part].divided.append(work.chunk)
            if !dividesSlow {
                results[work.part].warnings.append(
                    "\(work.chunk): Inflow could not read it in one answer and read it in parts")
            }
        }
        wholes[number].open += halves.count - 1
        open[work.part] += halves.count
        results[work.part].plannedChunks += halves.count
        waiting.insert(
            contentsOf: halves.map {
                Work(
                    part: work.part, entity: work.entity, chunk: $0, reason: work.reason, derived: nil, whole: number)
            }, at: 0)
    }

    private static func platformIsDown(_ last: Failure) -> Failure {
        .source(
            SourceError(
                .platformDown, subject: "the run",
                message:
                    "\(RecoveryPolicy.mostFailuresInRow) readings in a row failed on their last try; WorkflowMax "
                    + "seems to be down. Inflow stopped the run and keeps the loaded records. Run it again later.",
                detail: last.detailedMessage))
    }
}

extension RunBoard.Work {
    /// The halves of its span, where the answer cannot be read or came too late; `nil` where halving does not help.
    func halves(after failure: Failure, dividingSlow: Bool) -> [Chunk]? {
        guard RecoveryPolicy.isUnreadable(failure) || dividingSlow && failure.isTimeOut,
            case .span(let window) = chunk, window.days > 1
        else { return nil }
        let middle = window.from.adding(days: window.days / 2)
        let halves = [Window(from: window.from, until: middle), Window(from: middle, until: window.until)]
        return halves.compactMap { $0.map { .span($0) } }
    }

    /// Whether the chunk is a single day whose answer cannot be read; the day is then on record as a rejection.
    func isOneUnreadableDay(_ failure: Failure) -> Bool {
        guard RecoveryPolicy.isUnreadable(failure), case .span(let window) = chunk else { return false }
        return window.days == 1
    }
}
