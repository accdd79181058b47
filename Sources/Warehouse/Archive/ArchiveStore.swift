public import Inflow
internal import Foundation
internal import Postgres

/// The archived answers of a connection, to be looked through and read.
public actor ArchiveStore: ArchiveReader {
    private let warehouse: Warehouse
    private let connection: Connection
    private var session: PostgresConnection?

    /// The archive of a connection; a session is opened when it is needed and stands until ``close()``.
    public init(_ warehouse: Warehouse, _ connection: Connection) {
        self.warehouse = warehouse
        self.connection = connection
    }

    /// Closes the session; the next read opens another.
    public func close() async {
        await session?.close()
        session = nil
    }

    /// The answers of an entity that nothing has superseded, in the order of their requests.
    public func current(_ entity: String) async throws(WarehouseError) -> [ArchivedAnswer] {
        try await answers(entity, "superseded_at is null order by asked_at, run_id, chunk, id")
    }

    /// All answers of an entity, superseded ones too, the newest first.
    public func newest(_ entity: String) async throws(WarehouseError) -> [ArchivedAnswer] {
        try await answers(entity, "true order by asked_at desc, id desc")
    }

    /// The newest answers of one entity or of all, before a number where one is given, each with its entity.
    public func latest(
        _ entity: String?, before: Int64?, limit: Int
    ) async throws(WarehouseError) -> [(entity: String, answer: ArchivedAnswer)] {
        let id = connection.id
        return try await warehouse.query(
            """
            select * from inflow.archive
            where connection_id = $1 and ($2::text is null or entity = $2) and ($3::bigint is null or id < $3)
            order by id desc
            limit $4
            """,
            [.int64(id), entity.map { .text($0) } ?? .null, before.map { .int64($0) } ?? .null, .int(limit)],
            purpose: "archive", doing: "reading the archive"
        ) { row throws(PostgresError) in (try row.text("entity"), try ArchiveStore.answer(row)) }
    }

    /// An answer by its number; `nil` where the connection has none of it.
    public func find(_ answer: Int64) async throws(WarehouseError) -> ArchivedAnswer? {
        let id = connection.id
        return try await warehouse.query(
            "select * from inflow.archive where connection_id = $1 and id = $2", [.int64(id), .int64(answer)],
            purpose: "archive", doing: "reading the archive"
        ) { row throws(PostgresError) in try ArchiveStore.answer(row) }.first
    }

    private func answers(_ entity: String, _ which: String) async throws(WarehouseError) -> [ArchivedAnswer] {
        let session = try await warehouse.session(keeping: session, "archive")
        self.session = session
        let id = connection.id
        return try await lifting("reading the archive of \(entity)") { () async throws(PostgresError) in
            try await session.query(
                "select * from inflow.archive where connection_id = $1 and entity = $2 and \(which)",
                [.int64(id), .text(entity)]
            ).read(ArchiveStore.answer)
        }
    }

    private static func answer(_ row: PostgresResult.Row) throws(PostgresError) -> ArchivedAnswer {
        let kind: ArchivedKind = try row.word("kind", of: "inflow.archive.kind")
        let from = try row.read("span_from") { $0.string.flatMap { LocalDate($0) } }
        let until = try row.read("span_until") { $0.string.flatMap { LocalDate($0) } }
        let request = try ArchivedRequest(
            endpoint: row.text("endpoint"), key: row.optionalText("key"), asked: row.text("asked"))
        return try ArchivedAnswer(
            id: row.int64("id"), run: row.int64("run_id"), chunk: row.text("chunk"), kind: kind,
            window: from.flatMap { from in until.flatMap { Window(from: from, until: $0) } }, request: request,
            askedAt: row.date("asked_at"), bodyBytes: row.int("body_bytes"), pieces: row.int("pieces"))
    }

    /// One piece of an answer, compressed as it was kept.
    public func piece(_ number: Int, of answer: ArchivedAnswer) async throws(SourceError) -> [UInt8] {
        let subject = "archived answer \(answer.id)"
        let piece: [UInt8]?
        do throws(WarehouseError) {
            let session = try await warehouse.session(keeping: session, "archive")
            self.session = session
            let id = connection.id
            piece = try await lifting(subject) { () async throws(PostgresError) in
                try await session.query(
                    """
                    select bytes from inflow.archive_piece
                    where connection_id = $1 and archive_id = $2 and number = $3
                    """, [.int64(id), .int64(answer.id), .int(number)]
                ).first?.bytes("bytes")
            }
        } catch {
            throw SourceError(
                error.code == .cancelled ? .cancelled : .archive, subject: subject, message: error.message,
                detail: error.detail ?? "")
        }
        guard let piece else {
            throw SourceError(
                .archive, subject: subject,
                message:
                    "A piece of the archived answer is not there any more: it has expired meanwhile. Inflow "
                    + "derived nothing from it. Read its days again with \"inflow sync\".")
        }
        return piece
    }
}
