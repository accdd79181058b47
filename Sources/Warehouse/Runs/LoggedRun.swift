public import Foundation
public import Inflow
internal import Postgres

/// A run as the log has it; of one that goes on, the numbers of what is committed.
public struct LoggedRun: Sendable, Hashable, Encodable {
    /// Number of the run.
    public let run: Int64
    /// The name of the connection that the run reads.
    public let connection: String
    /// What began the run: the schedule, or the kind of command a person gave.
    public let trigger: Trigger
    /// What was asked for.
    public let scope: String
    /// How it stands or ended.
    public let status: RunStatus
    /// The process that executes the run, as `host, process 1234`.
    public let holder: String
    /// When it began, UTC.
    public let startedAt: Date
    /// When it ended, UTC.
    public let finishedAt: Date?
    /// How long it took, or has taken until now.
    public let seconds: Double?
    /// The run's records by result, over all entities.
    public let tally: Tally
    /// Calls to the platform.
    public let calls: Int
    /// Bytes received on the wire, before decompression.
    public let bytes: Int
    /// The error that the run ended with, in words; `nil` if there was none.
    public let error: String?
    /// When calls are free again, where the day's quota stopped it.
    public let resumeAt: Date?
    /// Whether its process ended, or fell silent, without closing it; a later run or a daemon does that.
    public let isDead: Bool
    /// The zone of the connection, in which people read its times; UTC where this machine does not know it.
    public let zone: TimeZone

    private enum CodingKeys: String, CodingKey {
        case run, connection, trigger, scope, status, holder, startedAt, finishedAt, seconds, tally, calls, bytes, error
        case resumeAt, isDead
    }
}

/// What a run's part for one entity came to beside its numbers.
public struct PartDetails: Sendable, Hashable, Codable {
    /// The number of chunks that the run plans to load for the entity.
    public var plannedChunks = 0
    /// The number of chunks that the run has committed for the entity.
    public var loadedChunks = 0
    /// Rows absent from an answer that are held for a person.
    public var held = 0
    /// Days whose answer cannot be read.
    public var unreadableDays = 0
    /// Readings left to another day.
    public var postponed = 0
    /// Records that wait for the call that brings their values.
    public var waiting = 0
    /// Characters of the answers that were replaced.
    public var replacedCharacters = 0
    /// Those of them that cannot be told any more.
    public var lostCharacters = 0
    /// Values that were rejected in records that are loaded without them.
    public var rejectedValues = 0
    /// Elements that no definition names: table and path, sorted.
    public var drift: [String] = []
    /// What deserves a look although nothing failed, one sentence each.
    public var warnings: [String] = []
    /// What a reader should know although it is as it should be, one sentence each.
    public var notes: [String] = []
    /// What went wrong, one sentence each.
    public var errors: [String] = []

    /// The details of a part that has done nothing yet.
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
        waiting = try number(.waiting)
        replacedCharacters = try number(.replacedCharacters)
        lostCharacters = try number(.lostCharacters)
        rejectedValues = try number(.rejectedValues)
        drift = try texts(.drift)
        warnings = try texts(.warnings)
        notes = try texts(.notes)
        errors = try texts(.errors)
    }

    private enum CodingKeys: String, CodingKey {
        case held, postponed, waiting, drift, warnings, notes, errors
        case plannedChunks = "planned_chunks"
        case loadedChunks = "loaded_chunks"
        case unreadableDays = "unreadable_days"
        case replacedCharacters = "replaced_characters"
        case lostCharacters = "lost_characters"
        case rejectedValues = "rejected_values"
    }

    /// As a JSON object.
    var json: String {
        (try? JSONEncoder().encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }
}

/// A run's part for one entity as the log has it; while the run goes on, the numbers of what is committed.
public struct LoggedPart: Sendable, Hashable {
    /// The entity's name, such as `invoice`.
    public let entity: String
    /// How it stands or ended.
    public let status: PartStatus
    /// The entity's records by result, over the committed chunks.
    public let tally: Tally
    /// Calls made and bytes received for this entity in the run.
    public let traffic: Traffic
    /// Sum of its chunks' seconds; chunks overlap.
    public let seconds: Double
    /// The number of chunks that failed after their last try.
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
    /// The entity's name, such as `invoice`.
    public let entity: String
    /// The chunk in words: its span of days, its list or its keys.
    public let chunk: String
    /// Whether the chunk was committed or given up.
    public let status: ChunkStatus
    /// When it was asked for, UTC.
    public let askedAt: Date
    /// When it was committed or given up, UTC.
    public let endedAt: Date
    /// From the first try to the commit.
    public let seconds: Double
    /// The chunk's records by result.
    public let tally: Tally
    /// Calls to the platform.
    public let calls: Int
    /// Bytes received on the wire, before decompression.
    public let bytes: Int
    /// How often it was asked for.
    public let tries: Int
    /// The error's words; `nil` unless the chunk failed.
    public let error: String?
}

/// A run at one moment, for a command that follows it.
public struct RunSnapshot: Sendable {
    /// The run's own row: its status, times and sums.
    public let run: LoggedRun
    /// Its parts, by entity.
    public let parts: [LoggedPart]
    /// Chunks that have ended lately, the earliest first.
    public let chunks: [LoggedChunk]
    /// Whether a process holds the connection's lock, as the process that executes the run does.
    public let isHeld: Bool
    /// Whether a request that is still open names it: another run will go on with it.
    public let isAwaited: Bool
}

extension LoggedRun {
    init(_ row: PostgresResult.Row) throws(PostgresError) {
        run = try row.int64("id")
        connection = try row.text("connection")
        trigger = try row.word("trigger", of: "inflow.run.trigger")
        scope = try row.text("scope")
        status = try row.word("status", of: "inflow.run.status")
        holder = try row.text("holder")
        startedAt = try row.date("started_at")
        finishedAt = try row.optionalDate("finished_at")
        seconds = try row.optionalDouble("seconds")
        tally = try row.tally()
        calls = try row.int("calls")
        bytes = try row.int("bytes")
        error = try row.optionalText("error")
        resumeAt = try row.optionalDate("resume_at")
        // Null where a process holds the connection's lock, or the run has ended.
        let isSilent = try row.optionalBool("is_silent")
        let holder = holder
        isDead = isSilent.map { $0 || ProcessIdentity.isGone(holder) } ?? false
        zone = TimeZone(identifier: try row.text("time_zone")) ?? .gmt
    }
}

extension LoggedPart {
    init(_ row: PostgresResult.Row) throws(PostgresError) {
        entity = try row.text("entity")
        status = try row.word("status", of: "inflow.entity_run.status")
        tally = try row.tally()
        var traffic = Traffic()
        (traffic.calls, traffic.bytes) = (try row.int("calls"), try row.int("bytes"))
        self.traffic = traffic
        seconds = try row.optionalDouble("seconds") ?? 0
        failedChunks = try row.int("failed_chunks")
        let kept = try row.optionalText("details").flatMap {
            try? JSONDecoder().decode(PartDetails.self, from: Data($0.utf8))
        }
        var details = kept ?? PartDetails()
        if details.loadedChunks == 0 { details.loadedChunks = try row.int("loaded_chunks") }
        if details.plannedChunks == 0 {
            details.plannedChunks = max(try row.int("planned_chunks"), details.loadedChunks)
        }
        self.details = details
        note = try row.optionalText("note")
        error = try row.optionalText("error")
    }
}

extension LoggedChunk {
    init(_ row: PostgresResult.Row) throws(PostgresError) {
        entity = try row.text("entity")
        chunk = try row.text("chunk")
        status = try row.word("status", of: "inflow.chunk.status")
        askedAt = try row.date("asked_at")
        endedAt = try row.date("ended_at")
        seconds = try row.double("seconds")
        tally = try row.tally()
        calls = try row.int("calls")
        bytes = try row.int("bytes")
        tries = try row.int("tries")
        error = try row.optionalText("error")
    }
}

extension PostgresResult.Row {
    /// The tally of the columns that bear its names.
    func tally() throws(PostgresError) -> Tally {
        var tally = Tally()
        tally.pulled = try int("pulled")
        tally.inserted = try int("inserted")
        tally.updated = try int("updated")
        tally.unchanged = try int("unchanged")
        tally.older = try int("older")
        tally.markedDeleted = try int("marked_deleted")
        tally.rejected = try int("rejected")
        tally.duplicates = try int("duplicates")
        tally.outside = try int("outside")
        return tally
    }
}
