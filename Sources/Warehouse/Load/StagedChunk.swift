internal import Crypto
internal import Foundation
internal import Inflow
internal import Postgres

/// A chunk while it is staged: rows in temporary tables, and what was noticed on their way there.
struct StagedChunk {
    private(set) var context: ChunkContext
    /// When the chunk began by this machine's clock: the moment that the context's time stands for at first.
    private let beganAt: ContinuousClock.Instant?
    var staging: Staging
    var archive = ArchiveStaging()
    private(set) var drift: [Drift] = []
    private(set) var rejected = 0
    /// Values that were rejected in records that are loaded without them.
    private(set) var rejectedValues = 0
    private(set) var hasUnreadableKey = false
    /// Whether the rows come from another table of the warehouse and not from an answer.
    var isDerived = false
    private var seenDrift: Set<String> = []

    /// What the merge needs to know of the staging.
    struct Summary: Sendable {
        /// Rows staged per table, the record's own first.
        let rows: [Int]
        /// Whether each of these tables may hold a key twice, as far as was seen while staging.
        let mayRepeat: [Bool]
        /// Ordinals of the records to take out since PostgreSQL refused a row of theirs.
        let refused: [Int32]
        /// Records that were not loaded.
        let rejected: Int
        /// Whether the answer held a record whose key could not be read: it proves nothing to be gone.
        let hasUnreadableKey: Bool
        /// Whether the rows come from another table of the warehouse and not from an answer.
        let isDerived: Bool
        /// Whether records held unknown elements with elements of their own: lines under another name look just so.
        let holdsUnknownLists: Bool
    }

    /// `beganAt` is nil where the context's time is final: that of an archived answer.
    init(_ context: ChunkContext, beganAt: ContinuousClock.Instant?, on session: PostgresConnection) {
        self.context = context
        self.beganAt = beganAt
        staging = Staging(session, context.sql)
    }

    var summary: Summary {
        Summary(
            rows: staging.stagedRows, mayRepeat: staging.mayRepeat, refused: staging.refused.sorted(),
            rejected: rejected, hasUnreadableKey: hasUnreadableKey, isDerived: isDerived,
            holdsUnknownLists: drift.contains {
                // An element that holds others is kept as an object.
                $0.table == context.entity.table && !$0.isAroundRecords && $0.example.hasPrefix("{")
            })
    }

    /// Takes the moment at which the chunk's first call was sent as the time of its answer.
    ///
    /// A chunk waits for leave to call after it began. What was written meanwhile is not newer than its answer.
    mutating func setSent(_ sentAt: ContinuousClock.Instant?) {
        guard let sentAt, let beganAt else { return }
        context.askedAt += beganAt.duration(to: sentAt) / .seconds(1)
    }

    /// Keeps each unknown element once a chunk.
    mutating func note(_ drift: [Drift]) {
        for note in drift where seenDrift.insert(note.table + " " + note.path).inserted {
            self.drift.append(note)
        }
    }

    /// Counts rejections and stages them.
    mutating func keep(_ rejections: [Rejection], on session: PostgresConnection) async throws(PostgresError) {
        guard !rejections.isEmpty else { return }
        rejected += rejections.count { !$0.isOfValue }
        rejectedValues += rejections.count(where: \.isOfValue)
        if rejections.contains(where: { $0.key.isEmpty && !$0.isOfValue }) { hasUnreadableKey = true }
        try await session.query(
            """
            insert into pg_temp.stage_rejection
            select key, table_name, column_name, raw, reason, nullif(day, '')::date, is_value::boolean,
                nullif(label, '')
            from unnest(
                $1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[]) r (
                key, table_name, column_name, raw, reason, day, is_value, label)
            """,
            [
                .textArray(rejections.map { StagedChunk.storable(StagedChunk.indexable($0.key)) }),
                .textArray(rejections.map(\.table)),
                .textArray(rejections.map(\.column)), .textArray(rejections.map { StagedChunk.storable($0.raw) }),
                .textArray(rejections.map(\.reason.rawValue)),
                .textArray(rejections.map { $0.datedOn?.description ?? "" }),
                .textArray(rejections.map { $0.isOfValue ? "true" : "false" }),
                .textArray(rejections.map { StagedChunk.storable($0.label ?? "") }),
            ])
    }

    /// A key as the index of rejections takes it: of one that is longer than 400 characters, the beginning and a hash.
    private static func indexable(_ key: String) -> String {
        guard key.utf8.count > 1_600 || key.count > 400 else { return key }
        let hash = SHA256.hash(data: Array(key.utf8)).prefix(8).hexadecimal
        return "\(key.prefix(400))… (\(key.count) characters, \(hash))"
    }

    private static func storable(_ text: String) -> String {
        text.replacing("\0", with: "\u{FFFD}")
    }
}
