internal import Foundation
internal import Inflow
internal import Postgres

/// Moves a chunk's answers into the archive, inside the merge's transaction, and marks older answers as superseded.
///
/// Answers wait in ``ArchiveStaging`` while the chunk is read and become rows of `inflow.archive` and
/// `inflow.archive_piece` only when it is merged, so that what is archived is what was loaded, and a chunk that is
/// given up leaves no answer behind.
///
/// An answer is superseded when later requests of the same endpoint cover everything that its request covers.
/// It is kept for the connection's days all the same (``Retention``) and is only left out when tables are derived
/// again.
struct ArchiveWriter: Sendable {
    let context: ChunkContext
    let staged: ArchiveStaging

    /// The answers that came to their end; an answer that broke off is not archived.
    private var kept: [Int] { staged.answers.indices.filter { staged.answers[$0].bodyBytes != nil } }

    /// Writes the answers, under the entity's lock.
    ///
    /// One that is the same, byte for byte, as the newest answer to the same request is not kept again: the one that is
    /// there counts as this run's from now on.
    func write(on session: isolated PostgresConnection) throws(WarehouseError) {
        let kept = kept
        guard !kept.isEmpty else { return }
        let statement = ArchiveSQL.write(context.chunk.archivedKind, hasSpilled: staged.hasSpilled)
        let parameters = requestParameters + answerParameters(kept) + [.bytes(staged.bytes)] + staged.places
        try lifting(context.subject("archiving")) { () throws(PostgresError) in
            try session.query(statement, parameters)
        }
    }

    /// $1 to $9 of the statement: the request, and its time.
    private var requestParameters: [PostgresParameter] {
        let chunk = context.chunk
        let window = chunk.archivedWindow
        return [
            .int64(context.connectionID), .int64(context.runID), .text(context.entity.name), .text(context.label),
            .text(chunk.archivedKind.rawValue), window.map { .text($0.from.description) } ?? .null,
            window.map { .text($0.until.description) } ?? .null, chunk.archivedSince.map { .timestamp($0) } ?? .null,
            .timestamp(context.askedAt),
        ]
    }

    /// $10 to $17, an element for each answer.
    private func answerParameters(_ kept: [Int]) -> [PostgresParameter] {
        let answers = kept.map { staged.answers[$0] }
        return [
            .int64Array(kept.map(Int64.init)), .textArray(answers.map(\.request.endpoint)),
            .textArray(answers.map(\.request.key)), .textArray(answers.map(\.request.asked)),
            .int64Array(answers.map { Int64($0.bodyBytes ?? 0) }), .int64Array(answers.map { Int64($0.storedBytes) }),
            .int64Array(answers.map { Int64($0.pieces) }), .textArray(answers.map { $0.digest.hexadecimal }),
        ]
    }

    /// Marks as superseded what the chunk's answers, and others of their kind, have made superfluous; under the
    /// entity's lock.
    func supersede(on session: isolated PostgresConnection) throws(WarehouseError) {
        let kept = kept
        guard !kept.isEmpty else { return }
        let kind = context.chunk.archivedKind
        let endpoints = Set(kept.map { staged.answers[$0].request.endpoint }).sorted()
        var parameters = context.names + [.textArray(endpoints), .text(kind.rawValue)]
        switch kind {
        case .span:
            guard let window = context.chunk.archivedWindow else { return }
            parameters += [.text(window.from.description), .text(window.until.description)]
        case .parents: parameters.append(.textArray(kept.compactMap { staged.answers[$0].request.key }))
        case .whole, .sweep, .since: break
        }
        let complete = parameters
        try lifting(context.subject("archiving")) { () throws(PostgresError) in
            try session.query(ArchiveSQL.supersede(kind), complete)
        }
    }
}

extension Chunk {
    /// The kind of chunk, as the archive names it.
    var archivedKind: ArchivedKind {
        switch self {
        case .span: .span
        case .since: .since
        case .sweep: .sweep
        case .whole: .whole
        case .parents: .parents
        }
    }

    /// The days that the chunk asked for; nil where it did not ask by date.
    var archivedWindow: Window? {
        if case .span(let window) = self { window } else { nil }
    }

    /// From when on the chunk asked for changes; nil where it asked for something else.
    var archivedSince: Instant? {
        if case .since(let instant) = self { instant } else { nil }
    }
}
