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
    public let trigger: String
    /// What was asked for.
    public let scope: String
    /// How it ended, or `running`.
    public let status: String
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
}

/// What a run's part for one entity came to beside its numbers.
public struct PartDetails: Sendable, Hashable {
    /// Chunks planned.
    public var plannedChunks = 0
    /// Chunks committed.
    public var loadedChunks = 0
    /// Rows absent from an answer that are held for a person.
    public var held = 0
    /// Characters of the answers that were replaced.
    public var replacedCharacters = 0
    /// Elements that no definition names: table and path, sorted.
    public var drift: [String] = []
    /// What deserves a look although nothing failed, one sentence each.
    public var warnings: [String] = []
    /// What went wrong, one sentence each.
    public var errors: [String] = []

    /// Nothing.
    public init() {}
}

/// A run's part for one entity as the log has it; while the run goes on, the numbers of what is committed.
public struct LoggedPart: Sendable, Hashable {
    /// The entity.
    public let entity: String
    /// How it ended, or `running`.
    public let status: String
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
    /// `loaded` or `failed`.
    public let status: String
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
public struct RunSight: Sendable {
    /// The run.
    public let run: LoggedRun
    /// Its parts, by entity.
    public let parts: [LoggedPart]
    /// Chunks that have ended lately, the earliest first.
    public let chunks: [LoggedChunk]
    /// Whether a process holds the connection's lock, as whoever runs it does.
    public let isHeld: Bool
    /// Whether a request that is still open names it: it will be gone on with.
    public let isAwaited: Bool
}

extension LoggedRun {
    init(_ row: PostgresResult.Row) {
        run = row["id"].int64 ?? 0
        connection = row["connection"].string ?? ""
        trigger = row["trigger"].string ?? ""
        scope = row["scope"].string ?? ""
        status = row["status"].string ?? ""
        holder = row["holder"].string ?? ""
        startedAt = row["started_at"].date ?? .distantPast
        finishedAt = row["finished_at"].date
        seconds = row["seconds"].double
        tally = row.tally
        calls = row["calls"].int ?? 0
        bytes = row["bytes"].int ?? 0
        error = row["error"].string
    }
}

extension LoggedPart {
    init(_ row: PostgresResult.Row) {
        entity = row["entity"].string ?? ""
        status = row["status"].string ?? ""
        tally = row.tally
        var traffic = Traffic()
        (traffic.calls, traffic.bytes) = (row["calls"].int ?? 0, row["bytes"].int ?? 0)
        self.traffic = traffic
        seconds = row["seconds"].double ?? 0
        failedChunks = row["failed_chunks"].int ?? 0
        var details = PartDetails()
        details.loadedChunks = row["loaded_chunks"].int ?? 0
        details.plannedChunks = max(row["planned_chunks"].int ?? 0, details.loadedChunks)
        details.held = row["held"].int ?? 0
        details.replacedCharacters = row["replaced_characters"].int ?? 0
        details.drift = row["drift"].texts
        details.warnings = row["warnings"].texts
        details.errors = row["errors"].texts
        self.details = details
        note = row["note"].string
        error = row["error"].string
    }
}

extension LoggedChunk {
    init(_ row: PostgresResult.Row) {
        entity = row["entity"].string ?? ""
        chunk = row["chunk"].string ?? ""
        status = row["status"].string ?? ""
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

extension PostgresValue {
    /// The texts of a JSON array; none where it is null.
    var texts: [String] {
        string.flatMap { try? JSONDecoder().decode([String].self, from: Data($0.utf8)) } ?? []
    }
}
