internal import Inflow
internal import Postgres

/// Gathers what is to be archived of one chunk: pieces of compressed answers, in memory until there are 64 KiB, then
/// in a temporary table, so that a long answer takes no more memory than a short one.
struct ArchiveStaging {
    /// An answer that was begun.
    struct Answer {
        let request: ArchivedRequest
        /// Its length before compression; `nil` while it has not ended.
        var bodyBytes: Int?
        /// SHA-256 of its body.
        var digest: [UInt8] = []
        var storedBytes = 0
        var pieces = 0
    }

    /// A part of `bytes`: one piece of one answer.
    struct Slice {
        let answer: Int
        let piece: Int
        let start: Int
        let length: Int
    }

    /// Bytes of a piece at most, but for what came at once.
    static let pieceLength = 64 << 10

    private(set) var answers: [Answer] = []
    /// What waits, end to end, and how it is cut.
    private(set) var bytes: [UInt8] = []
    private(set) var slices: [Slice] = []
    /// Whether some pieces are in the temporary table.
    private(set) var hasSpilled = false
    private var pieceStart = 0

    /// Whether what waits is to be spilled.
    var isFull: Bool { bytes.count >= ArchiveStaging.pieceLength }

    /// Takes what came with a batch.
    mutating func add(_ parts: [ArchivePart]) {
        for part in parts {
            switch part {
            case .began(let request):
                cut()
                answers.append(Answer(request: request))
            case .bytes(let more):
                guard !answers.isEmpty else { continue }
                bytes += more
                answers[answers.count - 1].storedBytes += more.count
            case .ended(let bodyBytes, let digest):
                guard !answers.isEmpty else { continue }
                cut()
                answers[answers.count - 1].digest = digest
                answers[answers.count - 1].bodyBytes = bodyBytes
            }
        }
    }

    /// Ends the current piece.
    private mutating func cut() {
        guard bytes.count > pieceStart, let last = answers.indices.last else { return }
        slices.append(
            Slice(answer: last, piece: answers[last].pieces, start: pieceStart, length: bytes.count - pieceStart))
        answers[last].pieces += 1
        pieceStart = bytes.count
    }

    // MARK: the temporary table

    /// Makes the table; few chunks need it.
    static let create = """
        create temporary table if not exists stage_archive (answer integer, number integer, bytes bytea);
        alter table pg_temp.stage_archive alter column bytes set storage external
        """

    static let table = "pg_temp.stage_archive"

    /// Moves what waits into the table.
    mutating func spill(to session: PostgresConnection) async throws(PostgresError) {
        cut()
        try await session.query(
            "insert into pg_temp.stage_archive \(ArchiveStaging.cutInPieces(1))", [.bytes(bytes)] + places)
        bytes.removeAll(keepingCapacity: true)
        slices.removeAll(keepingCapacity: true)
        pieceStart = 0
        hasSpilled = true
    }

    /// A query that cuts parameter `first`, which holds all bytes, at the places that the next four tell.
    static func cutInPieces(_ first: Int) -> String {
        """
        select s.answer::integer as answer, s.number::integer as number,
            substring($\(first)::bytea from s.start::integer for s.length::integer) as bytes
        from unnest($\(first + 1)::bigint[], $\(first + 2)::bigint[], $\(first + 3)::bigint[], $\(first + 4)::bigint[])
            s (answer, number, start, length)
        """
    }

    /// The parameters that tell the places; `start` counts from 1, as PostgreSQL does.
    var places: [PostgresParameter] {
        [
            .int64Array(slices.map { Int64($0.answer) }), .int64Array(slices.map { Int64($0.piece) }),
            .int64Array(slices.map { Int64($0.start) + 1 }), .int64Array(slices.map { Int64($0.length) }),
        ]
    }
}
