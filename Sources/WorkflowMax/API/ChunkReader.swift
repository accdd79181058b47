internal import Inflow
internal import Logging

/// Reads one chunk: one call after the other, each answer handed over batch by batch.
///
/// A state machine with three kinds of calls: the pages of a list, the `get` of each key of a list, and the `get` of
/// keys it was given. ``RequestPlan`` chooses; ``Paginator`` decides after each page whether there is another one and
/// whether the counters agree with the rows; ``ResponseReader`` turns one answer into batches.
///
/// Nothing is asked before the first batch is wanted, and the next call is made only when the last answer is taken.
/// After an error the same error comes again, so that half a chunk is never taken for a whole one. The chunk ends only
/// when every answer was read to its end and every counter agreed.
final class ChunkReader {
    private let entity: EntityDefinition
    private let chunk: Chunk
    private let client: APIClient
    private let today: LocalDate
    private let vocabulary: [String]

    private var phase = Phase.unasked
    private var answer: ResponseReader?
    /// The request in hand, how often it was asked, and whether something of its answer was taken.
    private var inHand: (request: APIRequest, tries: Int, isTaken: Bool)?
    /// Answers read to their end.
    private var answersRead = 0
    /// Place of the next answer's first record.
    private var ordinal = 0
    /// Spent and not yet handed over.
    private var traffic = Traffic()
    /// When the chunk's first answer was made, by the platform's clock.
    private var answeredAt: Instant?
    /// What reads by key came to.
    private var keyAnswers: KeyAnswers
    /// When the chunk's first call was sent.
    private var sentAt: ContinuousClock.Instant?
    /// Elements around the records that Inflow does not know, of answers that ended since the last batch.
    private var unknown: [String: String] = [:]
    /// Elements of them that hold values.
    private var outside = 0
    /// Keeps the answers whose records are handed over, where the connection wants that.
    private let recorder: ArchiveRecorder?

    /// Lists of the chunk that come after the one in hand.
    private var furtherLists: ArraySlice<[RequestURL.Parameter]> = []

    // The list in hand.
    private var paginator = Paginator(.none)
    private var seen = SeenKeys()
    private var page = Paginator.Page(counters: AnswerCounters())
    private var keyReader: KeyReader
    /// Keys of a list whose records are read one by one.
    private var keys: [String] = []

    private enum Phase {
        case unasked
        /// A list's pages, with the `get` that reads each of its records afterwards, where there is one.
        case list(Endpoint, query: [RequestURL.Parameter], each: Endpoint?)
        case each(ArraySlice<String>, get: Endpoint)
        case ended
        case failed(SourceError)
    }

    init(_ entity: EntityDefinition, _ chunk: Chunk, client: APIClient, today: LocalDate) {
        recorder = client.settings.archive ? ArchiveRecorder() : nil
        self.entity = entity
        self.chunk = chunk
        self.client = client
        self.today = today
        vocabulary = entity.elementNames
        keyReader = KeyReader(entity.key, of: entity, vocabulary: vocabulary)
        keyAnswers = KeyAnswers(entity, chunk, vocabulary: vocabulary)
    }

    /// The next batch, or `nil` when the chunk is complete.
    func next(isolation: isolated (any Actor)?) async throws(SourceError) -> Batch? {
        switch phase {
        case .ended: return nil
        case .failed(var error):
            error.traffic = Traffic()
            throw error
        case .unasked, .list, .each: break
        }
        do throws(SourceError) {
            guard let batch = try await advance(isolation: isolation) else {
                phase = .ended
                return remainder()
            }
            return batch
        } catch {
            var error = error
            error.traffic = traffic
            answer = nil
            phase = .failed(error)
            throw error
        }
    }

    private func advance(isolation: isolated (any Actor)?) async throws(SourceError) -> Batch? {
        while true {
            guard !Task.isCancelled else { throw .cancelled(subject: subject()) }
            do throws(SourceError) {
                if let answer {
                    if let batch = try await read(answer, isolation: isolation) { return batch }
                    continue
                }
                guard let request = try nextRequest() else { return nil }
                inHand = (request, 1, false)
                try await ask(request, isolation: isolation)
            } catch {
                try await askAgain(after: error, isolation: isolation)
            }
        }
    }

    /// Makes the failed call again where others of the chunk have succeeded: of twenty pages, one that is cut does not
    /// cost the others.
    ///
    /// Only while nothing of its answer was handed over. The first call of a chunk is the caller's to repeat.
    private func askAgain(after error: SourceError, isolation: isolated (any Actor)?) async throws(SourceError) {
        var error = error
        while true {
            guard let (request, tries, isTaken) = inHand, !isTaken, answersRead > 0 else { throw error }
            error.tries = tries
            guard await client.again(error, tries) else { throw error }
            client.logger.notice("asking again", metadata: ["read": "\(request.subject)", "try": "\(tries + 1)"])
            (inHand, answer) = ((request, tries + 1, false), nil)
            do throws(SourceError) {
                return try await ask(request, isolation: isolation)
            } catch let next {
                error = next
            }
        }
    }

    // MARK: Asking

    private func nextRequest() throws(SourceError) -> APIRequest? {
        switch phase {
        case .unasked:
            try begin()
            return try nextRequest()
        case .list(let endpoint, let query, _):
            return APIRequest(
                endpoint: endpoint, query: query + paginator.query, subject: subject(page: paginator.page))
        case .each(let keys, let get):
            // No record has an empty key; the address without one would be another list.
            let left = keys.drop(while: \.isEmpty)
            guard let key = left.first else { return nil }
            phase = .each(left.dropFirst(), get: get)
            let query = get.isDetailed ? [RequestURL.Parameter(name: "detailed", value: "true")] : []
            return APIRequest(endpoint: get, query: query, key: key, subject: subject(key: key))
        case .ended, .failed:
            return nil
        }
    }

    private func begin() throws(SourceError) {
        switch try RequestPlan(chunk, of: entity, settings: client.settings, today: today) {
        case .list(let endpoint, let queries): begin(endpoint, queries, each: nil)
        case .listThenEach(let endpoint, let queries, let get): begin(endpoint, queries, each: get)
        case .each(let keys, let get): phase = .each(keys[...], get: get)
        }
    }

    private func begin(_ endpoint: Endpoint, _ queries: [[RequestURL.Parameter]], each get: Endpoint?) {
        furtherLists = queries.dropFirst()
        begin(endpoint, queries.first ?? [], each: get)
    }

    private func begin(_ endpoint: Endpoint, _ query: [RequestURL.Parameter], each get: Endpoint?) {
        let detailed = endpoint.isDetailed ? [RequestURL.Parameter(name: "detailed", value: "true")] : []
        phase = .list(endpoint, query: query + detailed, each: get)
        paginator = Paginator(endpoint.paging)
        if let get, let column = get.keyColumn {
            keyReader = KeyReader([column], of: entity, vocabulary: vocabulary)
        } else if get != nil {
            keyReader = KeyReader(Array(entity.key.prefix(1)), of: entity, vocabulary: vocabulary)
        }
    }

    private func ask(_ request: APIRequest, isolation: isolated (any Actor)?) async throws(SourceError) {
        var spent = Traffic()
        do throws(SourceError) {
            let open = try await client.ask(request, counting: &spent, sentAt: &sentAt)
            traffic += spent
            answeredAt = answeredAt ?? open.answeredAt
            // A list that is read for its keys only has no records of its own.
            let recorder = isReadForKeys ? nil : recorder
            try recorder?.begin(request)
            answer = ResponseReader(
                LiveBody(open, subject: request.subject, recorder: recorder), to: request, vocabulary: vocabulary,
                firstOrdinal: ordinal)
        } catch {
            traffic += spent
            guard keyAnswers.take(error, to: request) else { throw error }
            answersRead += 1
        }
    }

    private var isReadForKeys: Bool {
        if case .list(_, _, each: .some) = phase { true } else { false }
    }

    private func subject(page: Int = 1, key: String? = nil) -> String {
        var words = "\(entity.name), \(chunk)"
        if page > 1 { words += ", page \(page)" }
        if let key { words += ", key \"\(key.prefix(100))\"" }
        return words
    }

    // MARK: Reading

    /// The next batch to hand over; `nil` when there is none before the next step.
    private func read(_ answer: ResponseReader, isolation: isolated (any Actor)?) async throws(SourceError) -> Batch? {
        var batch: Batch?
        do throws(SourceError) {
            batch = try await answer.next(isolation: isolation)
        } catch {
            traffic.bytes += answer.newBytes()
            let error = await client.tokens.hiding(error)
            // Records of it may be handed over already: then the chunk fails, and none of them is kept.
            guard inHand?.isTaken != true, keyAnswers.take(error, to: answer.request) else { throw error }
            self.answer = nil
            answersRead += 1
            return nil
        }
        if batch != nil || answer.counters != nil { inHand?.isTaken = true }
        traffic.bytes += answer.newBytes()
        if let batch { keyAnswers.look(at: batch, to: answer.request) }
        if batch != nil { batch = sift(batch.take()) }
        if let counters = answer.counters, !answer.hasMore {
            self.answer = nil
            answersRead += 1
            ordinal += counters.pulled
            unknown.merge(counters.unknown) { first, _ in first }
            outside += counters.outside
            if !isReadForKeys { try recorder?.end(answer.request) }
            try conclude(counters, subject: answer.request.subject)
            keyAnswers.end(answer.request, pulled: counters.pulled)
        }
        guard var batch else { return nil }
        handOver(to: &batch)
        return batch
    }

    /// What of a batch is handed over: all of it, unless it was read for its keys only.
    ///
    /// Rows that were on an earlier page are handed over too: the later one is the newer one, and the merge counts
    /// them.
    private func sift(_ batch: consuming Batch?) -> Batch? {
        guard var batch else { return nil }
        guard case .list(_, _, let get) = phase, get != nil || paginator.isPaged else { return batch }
        for record in batch.records.indices {
            guard let key = keyReader.key(of: record, in: batch) else { continue }
            guard seen.insert(key) else {
                page.repeated += 1
                continue
            }
            page.fresh += 1
            if get != nil { keys.append(String(decoding: key, as: UTF8.self)) }
        }
        if get != nil { keepUnreadable(&batch) }
        return batch.records.isEmpty && batch.unreadable.isEmpty && batch.replacedCharacters == 0
            && batch.answer.doubts.isEmpty ? nil : batch
    }

    /// Of a list that is read for its keys only what cannot be asked for by key is handed over, as unreadable.
    private func keepUnreadable(_ batch: inout Batch) {
        for record in batch.records.indices where keyReader.key(of: record, in: batch) == nil {
            batch.unreadable.append(
                Batch.Unreadable(
                    ordinal: Int(batch.ordinals[record]), reason: .missing,
                    path: entity.get?.keyColumn ?? entity.key.first ?? "", raw: ""))
        }
        batch.records = []
        batch.ordinals = []
        batch.elements = []
        batch.text = []
    }

    /// Compares the counters of an answer that has ended with its rows, and decides what is asked next.
    private func conclude(_ counters: AnswerCounters, subject: String) throws(SourceError) {
        do throws(Paginator.Disagreement) {
            switch phase {
            case .list(let endpoint, _, let get):
                page.counters = counters
                let turn = try paginator.turn(after: page)
                page = Paginator.Page(counters: AnswerCounters())
                guard turn == .end else { return }
                if let next = furtherLists.popFirst() {
                    seen = SeenKeys()
                    return begin(endpoint, next, each: get)
                }
                if let get { phase = .each(keys[...], get: get) } else { phase = .ended }
                keys = []
                seen = SeenKeys()
            case .each:
                guard counters.pulled <= 1 || entity.isPerParent else {
                    throw Paginator.Disagreement(detail: "one record was asked for by key and \(counters.pulled) came")
                }
            case .unasked, .ended, .failed:
                break
            }
        } catch {
            throw SourceError(error, subject: subject)
        }
    }

    // MARK: The report beside the records

    private func handOver(to batch: inout Batch) {
        batch.answer.traffic = traffic
        batch.answer.answeredAt = answeredAt
        batch.answer.archive = recorder?.take() ?? []
        (batch.answer.answeredParents, batch.answer.keyAnswers) = keyAnswers.takeAll()
        (batch.answer.unknown, batch.answer.outside) = (unknown, outside)
        batch.answer.sentAt = sentAt
        (unknown, outside) = ([:], 0)
        traffic = Traffic()
    }

    /// A batch without records that carries the rest of the report; `nil` when there is no rest.
    private func remainder() -> Batch? {
        guard
            traffic != Traffic() || answeredAt != nil || recorder?.isEmpty == false || !keyAnswers.isEmpty
                || !unknown.isEmpty || sentAt != nil
        else { return nil }
        var rest = Batch()
        rest.names = vocabulary
        handOver(to: &rest)
        return rest
    }
}
