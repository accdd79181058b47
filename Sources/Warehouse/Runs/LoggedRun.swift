public import Foundation
public import Inflow
internal import Postgres

/// A run as the log has it; of one that goes on, the numbers of what is committed.
public struct LoggedRun: Sendable, Hashable, Encodable {
    /// Number of the run.
    public let run: Int64
    /// The connection's name.
    public let connection: String
    /// What began it.
    public let trigger: Trigger
    /// What was asked for.
    public let scope: String
    /// How it stands or ended.
    public let status: RunStatus
    /// Machine and process.
    public let holder: String
    /// When it began, UTC.
    public let startedAt: Date
    /// When it ended, UTC.
    public let finishedAt: Date?
    /// How long it took, or has taken until now.
    public let seconds: Double?
    /// Its tally.
    public let tally: Tally
    /// Calls to the platform.
    public let calls: Int
    /// Bytes received.
    public let bytes: Int
    /// What went wrong.
    public let error: String?
    /// When calls are free again, where the day's quota stopped it.
    public let resumeAt: Date?
}

/// What a run's part for one entity came to beside its numbers.
public struct PartDetails: Sendable, Hashable, Codable {
    /// Chunks planned.
    public var plannedChunks = 0
    /// Chunks committed.
    public var loadedChunks = 0
    /// Rows absent from an answer that are held for a person.
    public var held = 0
    /// Days whose answer cannot be read.
    public var unreadableDays = 0
    /// Readings left to another day.
    public var postponed = 0
    /// Characters of the answers that were replaced.
    public var replacedCharacters = 0
    /// Elements that no definition names: table and path, sorted.
    public var drift: [String] = []
    /// What deserves a look although nothing failed, one sentence each.
    public var warnings: [String] = []
    /// What a reader should know although it is as it should be, one sentence each.
    public var notes: [String] = []
    /// What went wrong, one sentence each.
    public var errors: [String] = []

    /// Nothing.
    public init() {}

    /// Reads what was kept; what an earlier Inflow did not keep is as nothing.
    public init(from decoder: any Decoder) throws {
        let kept = try decoder.container(keyedBy: CodingKeys.self)
        func number(_ key: CodingKeys) throws -> Int { try kept.decodeIfPresent(Int.self, forKey: key) ?? 0 }
        func texts(_ key: CodingKeys) throws -> [String] { try kept.decodeIfPresent([String].self, forKey: key) ?? [] }
        plannedChunks = try number(.plannedChunks)
        loadedChunks = try number(.loadedChunks)
        held = try number(.held)
        unreadableDays = try number(.unreadableDays)
        postponed = try number(.postponed)
        replacedCharacters = try number(.replacedCharacters)
        drift = try texts(.drift)
        warnings = try texts(.warnings)
        notes = try texts(.notes)
        errors = try texts(.errors)
    }

    private enum CodingKeys: String, CodingKey {
        case held, postponed, drift, warnings, notes, errors
        case plannedChunks = "planned_chunks"
        case loadedChunks = "loaded_chunks"
        case unreadableDays = "unreadable_days"
        case replacedCharacters = "replaced_characters"
    }

    /// As a JSON object.
    var json: String {
        (try? JSONEncoder().encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }
}

/// A run's part for one entity as the log has it; while the run goes on, the numbers of what is committed.
public struct LoggedPart: Sendable, Hashable {
    /// The entity.
    public let entity: String
    /// How it stands or ended.
    public let status: PartStatus
    /// Its tally.
    public let tally: Tally
    /// Calls and bytes.
    public let traffic: Traffic
    /// Sum of its chunks' seconds; chunks overlap.
    public let seconds: Double
    /// Chunks that failed.
    public let failedChunks: Int
    /// What it came to besides.
    public let details: PartDetails
    /// What a reader should know beside the numbers.
    public let note: String?
    /// What went wrong, in words.
    public let error: String?
}

/// A chunk as the log has it.
public struct LoggedChunk: Sendable, Hashable, Encodable {
    /// The entity.
    public let entity: String
    /// What was read.
    public let chunk: String
    /// How it ended.
    public let status: ChunkStatus
    /// When it was asked for, UTC.
    public let askedAt: Date
    /// When it was committed or given up, UTC.
    public let endedAt: Date
    /// From the first try to the commit.
    public let seconds: Double
    /// Its tally.
    public let tally: Tally
    /// Calls to the platform.
    public let calls: Int
    /// Bytes received.
    public let bytes: Int
    /// How often it was asked for.
    public let tries: Int
    /// Why it failed.
    public let error: String?
}

/// A run at a moment, for whoever follows it.
public struct RunSnapshot: Sendable {
    /// The run.
    public let run: LoggedRun
    /// Its parts, by entity.
    public let parts: [LoggedPart]
    /// Chunks that have ended lately, the earliest first.
    public let chunks: [LoggedChunk]
    /// Whether a process holds the connection's lock, as whoever runs it does.
    public let isHeld: Bool
    /// Whether a request that is still open names it: another run will go on with it.
    public let isAwaited: Bool
}

extension LoggedRun {
    init(_ row: PostgresResult.Row) throws(PostgresError) {
        run = row["id"].int64 ?? 0
        connection = row["connection"].string ?? ""
        trigger = try row.word("trigger", of: "inflow.run.trigger")
        scope = row["scope"].string ?? ""
        status = try row.word("status", of: "inflow.run.status")
        holder = row["holder"].string ?? ""
        startedAt = row["started_at"].date ?? .distantPast
        finishedAt = row["finished_at"].date
        seconds = row["seconds"].double
        tally = row.tally
        calls = row["calls"].int ?? 0
        bytes = row["bytes"].int ?? 0
        error = row["error"].string
        resumeAt = row["resume_at"].date
    }
}

extension LoggedPart {
    init(_ row: PostgresResult.Row) throws(PostgresError) {
        entity = row["entity"].string ?? ""
        status = try row.word("status", of: "inflow.entity_run.status")
        tally = row.tally
        var traffic = Traffic()
        (traffic.calls, traffic.bytes) = (row["calls"].int ?? 0, row["bytes"].int ?? 0)
        self.traffic = traffic
        seconds = row["seconds"].double ?? 0
        failedChunks = row["failed_chunks"].int ?? 0
        let kept = row["details"].string.flatMap { try? JSONDecoder().decode(PartDetails.self, from: Data($0.utf8)) }
        var details = kept ?? PartDetails()
        if details.loadedChunks == 0 { details.loadedChunks = row["loaded_chunks"].int ?? 0 }
        if details.plannedChunks == 0 {
            details.plannedChunks = max(row["planned_chunks"].int ?? 0, details.loadedChunks)
        }
        self.details = details
        note = row["note"].string
        error = row["error"].string
    }
}

extension LoggedChunk {
    init(_ row: PostgresResult.Row) throws(PostgresError) {
        entity = row["entity"].string ?? ""
        chunk = row["chunk"].string ?? ""
        status = try row.word("status", of: "inflow.chunk.status")
        askedAt = row["asked_at"].date ?? .distantPast
        endedAt = row["ended_at"].date ?? .distantPast
        seconds = row["seconds"].double ?? 0
        tally = row.tally
        calls = row["calls"].int ?? 0
        bytes = row["bytes"].int ?? 0
        tries = row["tries"].int ?? 0
        error = row["error"].string
    }
}

extension PostgresResult.Row {
    /// The tally of the columns that bear its names.
    var tally: Tally {
        var tally = Tally()
        tally.pulled = self["pulled"].int ?? 0
        tally.inserted = self["inserted"].int ?? 0
        tally.updated = self["updated"].int ?? 0
        tally.unchanged = self["unchanged"].int ?? 0
        tally.markedDeleted = self["marked_deleted"].int ?? 0
        tally.rejected = self["rejected"].int ?? 0
        tally.duplicates = self["duplicates"].int ?? 0
        return tally
    }
}
