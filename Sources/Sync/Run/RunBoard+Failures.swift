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
    func fail(_ assignment: Assignment, _ failure: Failure) {
        switch RecoveryPolicy.recovery(for: failure) {
        case .retry, .retryOnce, .failChunk:
            if let halves = assignment.halves(after: failure, dividingSlow: dividesSlow) {
                if !RecoveryPolicy.isUnreadable(failure) { results[assignment.part].slow.append(assignment.chunk) }
                return divide(assignment, halves)
            }
            if assignment.isOneUnreadableDay(failure) {
                results[assignment.part].unreadableDays += 1
            } else {
                results[assignment.part].errors.append("\(assignment.chunk): \(failure.detailedMessage)")
                results[assignment.part].failed.append(assignment.chunk)
            }
            if let whole = assignment.whole {
                wholes[whole].isBroken = true
                wholes[whole].open -= 1
            }
            guard RecoveryPolicy.isOfThePlatform(failure) else { return }
            count(failure, of: assignment.part)
        case .failEntity:
            refuse(assignment, failure)
        case .postpone where !isBackground:
            results[assignment.part].postponed += 1
            if let whole = assignment.whole { wholes[whole].isBroken = true }
        case .postpone, .failRun, .stopForQuota, .waitForPerson, .interrupted:
            results[assignment.part].errors.append(failure.detailedMessage)
            stop(failure)
        }
    }

    /// Counts a failure of the platform: too many of one part give the part up, too many of several stop the run.
    ///
    /// A part counts twice at most for the run: one list that is out of order does not mean that the platform is down.
    private func count(_ failure: Failure, of part: Int) {
        failuresInRow.append(part)
        failuresOfPart[part] += 1
        let byPart = Dictionary(grouping: failuresInRow) { $0 }
        let most = RecoveryPolicy.mostFailuresInRow
        if byPart.values.reduce(0, { $0 + min(2, $1.count) }) >= most {
            return stop(RunBoard.platformIsDown(failure))
        }
        guard failuresOfPart[part] >= most else { return }
        let left = waiting.count { $0.part == part }
        guard left > 0 else { return }
        results[part].errors.append(
            "\(most) readings in a row failed on their last try: Inflow leaves \(left) more of "
                + "\(results[part].entity) for the next run and goes on with the other entities.")
        drop(part)
    }

    /// The platform refuses a list: what is left of its entity is given up, and the others go on.
    ///
    /// Where it has refused several entities and answered for none, the organisation is refused, and the run stops.
    private func refuse(_ assignment: Assignment, _ failure: Failure) {
        refusedParts.insert(assignment.part)
        if !results[assignment.part].errors.contains(failure.detailedMessage) {
            results[assignment.part].errors.append(failure.detailedMessage)
        }
        results[assignment.part].failed.append(assignment.chunk)
        if let whole = assignment.whole { wholes[whole].isBroken = true }
        drop(assignment.part)
        if !hasLoaded, refusedParts.count >= RecoveryPolicy.mostRefusedEntities { stop(failure) }
    }

    /// Records a loaded chunk; a part of a span counts when all its parts are loaded.
    func note(_ loaded: Loaded, of assignment: Assignment) {
        guard let number = assignment.whole else {
            results[assignment.part].loaded.append(loaded)
            return
        }
        wholes[number].open -= 1
        wholes[number].askedAt = min(wholes[number].askedAt ?? loaded.askedAt, loaded.askedAt)
        let answered = loaded.answeredAt ?? loaded.askedAt
        wholes[number].answeredAt = min(wholes[number].answeredAt ?? answered, answered)
        let whole = wholes[number]
        guard whole.open == 0, !whole.isBroken, let askedAt = whole.askedAt else { return }
        results[assignment.part].loaded.append(
            Loaded(chunk: whole.chunk, reason: whole.reason, askedAt: askedAt, answeredAt: whole.answeredAt))
    }

    private func divide(_ assignment: Assignment, _ halves: [Chunk]) {
        let number = assignment.whole ?? wholes.count
        if assignment.whole == nil {
            wholes.append(Divided(chunk: assignment.chunk, reason: assignment.reason, open: 1))
            results[assignment.part].divided.append(assignment.chunk)
            if !dividesSlow {
                results[assignment.part].warnings.append(
                    "\(assignment.chunk): Inflow could not read it in one answer and read it in parts")
            }
        }
        wholes[number].open += halves.count - 1
        open[assignment.part] += halves.count
        results[assignment.part].plannedChunks += halves.count
        waiting.insert(
            contentsOf: halves.map {
                Assignment(
                    part: assignment.part, entity: assignment.entity, chunk: $0, reason: assignment.reason,
                    derived: nil, whole: number)
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

extension RunBoard.Assignment {
    /// The halves of its span, where the answer cannot be read or came too late; `nil` where halving does not help.
    func halves(after failure: Failure, dividingSlow: Bool) -> [Chunk]? {
        guard RecoveryPolicy.isUnreadable(failure) || dividingSlow && failure.isTimeOut,
            case .span(let window) = chunk, window.days > 1
        else { return nil }
        let middle = window.from.adding(days: window.days / 2)
        let halves = [Window(from: window.from, until: middle), Window(from: middle, until: window.until)]
        return halves.compactMap { $0.map { .span($0) } }
    }

    /// Whether the chunk is a single day whose answer begins well and breaks inside; the day is then on record as a
    /// rejection.
    ///
    /// An answer that is empty, or in another form, is a failed reading like any other.
    func isOneUnreadableDay(_ failure: Failure) -> Bool {
        guard RecoveryPolicy.breaksInside(failure), case .span(let window) = chunk else { return false }
        return window.days == 1
    }
}
