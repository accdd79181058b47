/// The archived answers of one chunk: what is derived and committed again as one.
public struct ArchivedChunk: Sendable, Hashable {
    /// Its answers, in the order they were asked for; never empty.
    public let answers: [ArchivedAnswer]

    /// The run that read it.
    public var run: Int64 { answers[0].run }
    /// When it was asked for.
    public var askedAt: Instant { answers[0].askedAt }
    /// What it is called when it is derived again: the run log has the chunk of the run that read it, too.
    public var label: String { "\(answers[0].chunk) of run \(run)" }
    /// What was read, as far as a merge needs to know it.
    public var chunk: Chunk {
        if let window = answers[0].window { return .span(window) }
        return answers[0].kind == .whole ? .whole : .parents(answers.compactMap(\.request.key))
    }

    /// Groups answers by chunk, in their order.
    public static func chunks(of answers: [ArchivedAnswer]) -> [ArchivedChunk] {
        var groups: [[ArchivedAnswer]] = []
        for answer in answers {
            if let last = groups.last?.last, last.run == answer.run, last.chunk == answer.chunk,
                last.askedAt == answer.askedAt
            {
                groups[groups.count - 1].append(answer)
            } else {
                groups.append([answer])
            }
        }
        return groups.map { ArchivedChunk(answers: $0) }
    }

    private init(answers: [ArchivedAnswer]) {
        self.answers = answers
    }
}
