internal import Foundation
internal import HTTPTypes
internal import Inflow

/// The documents of the API.
enum APIDocuments {
    // MARK: connections

    static let connection = APIShape<ConnectionCard>(
        "Connection", "A connection and how it stands.", connectionMembers)

    static let connections = APIShape<[ConnectionCard]>(
        "Connections", "The connections that the token is for, by name.",
        [.list("connections", "The connections.", of: connection) { $0 }])

    static let overview = APIShape<ConnectionOverview>(
        "ConnectionOverview", "A connection, how it stands, and what is left of its calls.",
        connectionMembers.map { $0.of { $0.card } } + [
            .flag("is_served", "Whether any process serves the queue of runs.") { $0.isServed },
            .maybeIdentity("last_run", "The number of the last successful Sync All.") { $0.lastRunNumber },
            .maybeNumber("calls_left_today", "Calls left of the day's budget; null without a limit.") {
                $0.callsLeftToday
            },
            .maybeNumber("calls_left_this_minute", "Calls left of the minute's budget; null without a limit.") {
                $0.callsLeftThisMinute
            },
            .number("queued", "Requests that wait in the queue.") { $0.queued },
            .texts("incidents", "Open incidents, in words.") { $0.incidents },
            .object("schedule", schedule) { $0 },
        ])

    private static let connectionMembers: [APIMember<ConnectionCard>] = [
        .text("name", "Its name.") { $0.name },
        .maybeText("organisation", "The organisation that it reads; null before it is authorised.") {
            $0.organisation
        },
        .text("platform", "The platform's name.") { $0.platform },
        .maybeText("group", "The label of its group.") { $0.group },
        .text("time_zone", "The IANA zone of its days.") { $0.zone.identifier },
        .word("state", "The most urgent thing to know of it.", among: ConnectionState.allWords) { $0.state.word },
        .maybeInstant("last_run_at", "When the last successful Sync All began.") { $0.lastRun },
        .maybeInstant("next_run_at", "When the next scheduled run begins; null where none is due.") { $0.nextRun },
        .maybeInstant("token_ends_at", "When the platform's token dies unless it is used before.") {
            $0.tokenEndsAt
        },
        .flag("needs_consent", "Whether a person must authorise it.") { $0.consentReason != nil },
        .texts("failed_entities", "Entities that the last full run did not read.") { $0.failedEntities },
        .number("rejections", "Records and values that are not loaded.") { $0.rejections },
        .number("held_deletions", "Deletions that wait for a person.") { $0.heldDeletions },
        .maybeInstant("fresh_at", "The oldest reading of any list; null until every list was read.") { $0.freshAt },
        .texts("problems", "What the server cannot read of it, in words.") { $0.problems },
    ]

    static let schedule = APIShape<ConnectionOverview>(
        "Schedule", "When a connection is read every day.",
        [
            .flag("is_on", "Whether scheduled runs are wanted.") { $0.isOn },
            .maybeText("time", "The time of day, as in 08:00; null before the first Sync All.") { $0.time },
            .maybeText("time_zone", "The IANA zone of that time.") { $0.timeZone },
            .flag("is_pinned", "Whether a Sync All leaves the time alone.") { $0.isPinned },
            .flag("is_paused", "Whether the connection is paused: no scheduled run begins.") { $0.pausedAt != nil },
            .maybeInstant("paused_at", "When it was paused.") { $0.pausedAt },
            .maybeInstant("next_run_at", "When the next scheduled run begins.") { $0.card.nextRun },
        ])

    static let counts = APIShape<[ConnectionOverview.Count]>(
        "Counts", "The rows of each entity, in the order in which they are read.",
        [
            .list(
                "counts", "A count for each entity.",
                of: APIShape<ConnectionOverview.Count>(
                    "Count", "The rows of one entity.",
                    [
                        .text("entity", "The entity's name, such as purchase_order.") { $0.entity },
                        .number("rows", "Rows that are not marked as deleted.") { $0.rows },
                        .maybeNumber(
                            "change", "Rows added less rows marked in the last full run; null where it did not read it."
                        ) { $0.change },
                        .maybeInstant("read_at", "When it was last read to its end.") { $0.readAt },
                        .maybeWord("status", "How its last reading ended.", among: words(PartStatus.self)) {
                            $0.status?.rawValue
                        },
                        .flag("is_dated", "Whether it can be read by its own dates.") { $0.isDated },
                        .flag("is_reference", "Whether it is a list kept by the organisation.") { $0.isReference },
                    ])
            ) { $0 }
        ])

    static let coverage = APIShape<[CoverageFacts.Cell]>(
        "Coverage", "What is known of each month of each entity, and of each list.",
        [
            .list(
                "coverage", "A cell for each month of an entity, and one for each list.",
                of: APIShape<CoverageFacts.Cell>(
                    "CoverageCell", "A month of an entity, or a list.",
                    [
                        .text("entity", "The entity's name.") { $0.entity },
                        .maybeDay("month", "The first day of the month; null for a list.") { $0.month?.description },
                        .word("status", "How well it is known.", among: words(CoverageMap.Status.self)) {
                            $0.status.rawValue
                        },
                        .maybeInstant("verified_at", "When the last answer that held all of it was asked for.") {
                            $0.verifiedAt
                        },
                        .maybeNumber("sent", "Records of that answer.") { $0.sent },
                        .maybeNumber("held", "Rows in the table after it.") { $0.held },
                        .maybeNumber("rejected", "Records that were not loaded.") { $0.rejected },
                        .maybeNumber("missing", "Rows that are missing from the platform and not settled.") {
                            $0.missing
                        },
                        .maybeText("reason", "Why it is not complete; null where it is.") { $0.reason },
                    ])
            ) { $0 }
        ])

    // MARK: runs

    static let runs = APIShape<[PastRun.Facts]>(
        "Runs", "Runs of a connection, the newest first.",
        [.list("runs", "The runs.", of: APIShape("Run", "A run of the run log.", runMembers)) { $0 }])

    static let run = APIShape<PastRun>(
        "RunWithEntities", "A run of the run log with its part for each entity.",
        runMembers.map { $0.of { $0.facts } } + [
            .list(
                "entities", "Its parts, in the order in which they are read.",
                of: APIShape<PastRun.Part>(
                    "RunPart", "A run's part for one entity.",
                    [
                        .text("entity", "The entity's name.") { $0.entity },
                        .word("status", "How it stands or ended.", among: words(PartStatus.self)) {
                            $0.status.rawValue
                        },
                    ] + tallyMembers.map { $0.of { $0.tally } } + [
                        .number("calls", "Calls made.") { $0.calls },
                        .texts("notes", "What a reader should know, and what went wrong.") { $0.words },
                    ])
            ) { $0.parts }
        ])

    private static let runMembers: [APIMember<PastRun.Facts>] =
        [
            .identity("run", "Its number.") { $0.run },
            .word("trigger", "What began it.", among: words(Trigger.self)) { $0.trigger.rawValue },
            .text("scope", "What was asked for, in words.") { $0.scope },
            .word("status", "How it stands or ended.", among: words(RunStatus.self)) { $0.status.rawValue },
            .flag("is_dead", "Whether its process ended without closing it.") { $0.isDead },
            .instant("started_at", "When it began.") { $0.startedAt },
            .maybeSeconds("seconds", "How long it took or has taken.") { $0.seconds },
        ] + tallyMembers.map { $0.of { $0.tally } } + [
            .number("calls", "Calls made.") { $0.calls },
            .number("bytes", "Bytes received.") { $0.bytes },
            .maybeText("error", "The error that it ended with.") { $0.error },
        ]

    private static let tallyMembers: [APIMember<Tally>] = [
        .number("pulled", "Records in the answers.") { $0.pulled },
        .number("inserted", "Records new to the table.") { $0.inserted },
        .number("updated", "Records whose values differed.") { $0.updated },
        .number("unchanged", "Records that were already so.") { $0.unchanged },
        .number("older", "Records set aside, since a newer answer is loaded.") { $0.older },
        .number("outside", "Elements where no record is read.") { $0.outside },
        .number("rejected", "Records not loaded.") { $0.rejected },
        .number("duplicates", "Records whose key came again in the same answer.") { $0.duplicates },
        .number("marked_deleted", "Rows that the platform no longer lists.") { $0.markedDeleted },
    ]

    static let started = APIShape<StartedRun>(
        "StartedRun", "What became of a run that was asked for.",
        [
            .identity("request", "The number of its request in the queue.") { $0.request },
            .word(
                "result",
                "queued: it waits; joined: an equal request waited already; running: a Sync All runs already.",
                among: ["queued", "joined", "running"]
            ) { $0.word },
        ])

    static let request = APIShape<RunRequest>(
        "RunRequest", "A request of the queue.",
        [
            .identity("request", "Its number.") { $0.number },
            .word("state", "Whether it waits, runs or has ended.", among: words(RequestState.self)) {
                $0.state.rawValue
            },
            .maybeIdentity("run", "The number of its run, once it has begun one.") { $0.run },
            .maybeWord("outcome", "How it ended; null before its end.", among: words(RunOutcome.self)) {
                $0.outcome?.rawValue
            },
            .maybeText("error", "What went wrong, in words.") { $0.error },
        ])

    /// The document of the events of a run.
    static let live = APIShape<LiveRun>(
        "LiveRun", "A run as it stands now: the data of the events \"run\" and \"end\".",
        [
            .maybeIdentity("run", "Its number.") { $0.run },
            .maybeWord("trigger", "What began it.", among: words(Trigger.self)) { $0.trigger?.rawValue },
            .text("scope", "What was asked for, in words.") { $0.scope },
            .maybeWord("status", "How it stands or ended.", among: words(RunStatus.self)) { $0.status?.rawValue },
            .flag("is_dead", "Whether its process ended without closing it.") { $0.isDead },
            .maybeInstant("started_at", "When it began.") { $0.startedAt },
            .maybeSeconds("seconds", "How long it took or has taken.") { $0.seconds },
            .number("calls", "Calls made so far.") { $0.calls },
            .number("expected_calls", "Calls that it is expected to make; 0 where nobody knows.") { $0.expectedCalls },
            .maybeSeconds("seconds_left", "Seconds that are left; null where nobody knows.") { $0.secondsLeft },
            .maybeText("waiting", "What it waits for, in words.") { $0.waiting },
            .maybeText("error", "The error that it ended with.") { $0.error },
            .list(
                "entities", "Its parts, in the order in which they are read.",
                of: APIShape<LiveRun.Part>(
                    "LivePart", "A run's part for one entity, as it stands now.",
                    [
                        .text("entity", "The entity's name.") { $0.entity },
                        .word("status", "How it stands or ended.", among: words(PartStatus.self)) {
                            $0.status.rawValue
                        },
                        .number("chunks_done", "Chunks that are done.") { $0.done },
                        .number("chunks", "Chunks that are planned.") { $0.planned },
                        .number("pulled", "Records in the answers.") { $0.pulled },
                        .number("inserted", "Records new to the table.") { $0.inserted },
                        .number("updated", "Records whose values differed.") { $0.updated },
                        .number("rejected", "Records not loaded.") { $0.rejected },
                        .maybeText("error", "What went wrong, in words.") { $0.error },
                    ])
            ) { $0.parts },
            .list(
                "log", "Its newest lines, the newest first.",
                of: APIShape<LiveRun.Line>(
                    "LogLine", "A line of a run's log.",
                    [
                        .instant("at", "When it was written.") { $0.at },
                        .text("words", "What happened.") { $0.words },
                        .flag("is_error", "Whether something failed.") { $0.isError },
                    ])
            ) { $0.lines },
        ])

    // MARK: decisions

    static let rejections = APIShape<RejectionFacts>(
        "Rejections", "Records and values that are not loaded.",
        [
            .number("open", "How many are open, also beyond those listed.") { $0.open },
            .texts("causes", "The open ones by cause, in words.") { $0.groups },
            .list(
                "rejections", "Rejections, the newest first.",
                of: APIShape<RejectionFacts.Entry>(
                    "Rejection", "A record, or a value of one, that is not loaded.",
                    [
                        .identity("id", "The number by which it is decided about.") { $0.id },
                        .word("status", "Open, closed by a load, or dismissed.", among: words(RejectionStatus.self)) {
                            $0.status.rawValue
                        },
                        .text("entity", "The entity.") { $0.entity },
                        .text("key", "The record's key.") { $0.key },
                        .text("label", "What people call the record.") { $0.label },
                        .text("column", "Table and column of the value.") { $0.column },
                        .text("raw", "The text as the platform sent it; cut after 200 characters.") { $0.raw },
                        .text("words", "Why, in words.") { $0.words },
                        .number("times_seen", "In how many runs it was rejected.") { $0.timesSeen },
                        .identity("last_run", "The run that rejected it last.") { $0.lastRun },
                        .instant("last_seen_at", "When it was rejected last.") { $0.lastSeenAt },
                    ])
            ) { $0.entries },
        ])

    static let deletions = APIShape<[HeldDeletion]>(
        "Deletions", "Rows that the platform's answers lack.",
        [
            .list(
                "deletions", "The rows that are not settled, or that somebody decided about.",
                of: APIShape<HeldDeletion>(
                    "Deletion", "A row that the platform's answers lack.",
                    [
                        .identity("id", "The number by which it is decided about.") { $0.id },
                        .word(
                            "status", "Where it stands; held waits for a decision.", among: words(MissingRowStatus.self)
                        ) {
                            $0.status.rawValue
                        },
                        .text("entity", "The entity.") { $0.entity },
                        .text("key", "The record's key.") { $0.key },
                        .text("label", "What people call the record.") { $0.label },
                        .maybeDay("day", "The day of the record.") { $0.day },
                        .identity("run", "The run whose answer lacked it.") { $0.run },
                        .maybeText("why", "Why it waits, or what the platform answered.") { $0.why },
                    ])
            ) { $0 }
        ])

    // MARK: reports and problems

    static let reports = APIShape<[ReportSummary]>(
        "Reports", "The reports of a connection.",
        [
            .list(
                "reports", "The reports, by name.",
                of: APIShape<ReportSummary>(
                    "Report", "A report and its columns.",
                    [
                        .text("name", "Its name in the address of its rows.") { $0.name },
                        .text("question", "The question that it answers.") { $0.question },
                        .maybeText("date_column", "The day that from and to act on; null where it has none.") {
                            $0.dateColumn
                        },
                        .list(
                            "columns", "Its columns, in order: the members of each row.",
                            of: APIShape<ReportSummary.Column>(
                                "ReportColumn", "A column of a report.",
                                [
                                    .text("name", "Its name.") { $0.name },
                                    .text("type", "Its type in PostgreSQL.") { $0.type },
                                    .text("comment", "What it means.") { $0.comment },
                                ])
                        ) { $0.columns },
                    ])
            ) { $0 }
        ])

    static let problem = APIShape<APIProblem>(
        "Problem", "What went wrong (RFC 9457).",
        [
            .text("title", "The problem in a few words.") { $0.title },
            .number("status", "The status of the answer.") { $0.status.code },
            .text("detail", "What happened, what Inflow did, and what can be done.") { $0.detail },
        ])

    private static func words<Word: StoredWord>(_ type: Word.Type) -> [String] { type.allCases.map(\.rawValue) }
}

extension StartedRun {
    /// The number of the request in the queue.
    var request: Int64 {
        switch self {
        case .queued(let number), .joined(let number), .running(let number): number
        }
    }

    fileprivate var word: String {
        switch self {
        case .queued: "queued"
        case .joined: "joined"
        case .running: "running"
        }
    }
}

extension ConnectionState {
    /// The state as the API has it.
    var word: String {
        switch self {
        case .unreadable: "unreadable"
        case .running: "running"
        case .died: "died"
        case .paused: "paused"
        case .needsConsent: "needs_consent"
        case .missed: "missed"
        case .held: "held"
        case .partial: "partial"
        case .ended(let outcome): outcome.rawValue
        case .neverRead: "never_read"
        }
    }

    static let allWords =
        ([.unreadable, .running, .died, .paused, .needsConsent, .missed, .held, .partial, .neverRead]
        + RunOutcome.allCases.map { .ended($0) }).map { (state: ConnectionState) in state.word }
}
