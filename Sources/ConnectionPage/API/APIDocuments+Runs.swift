internal import Foundation
internal import Inflow

/// Runs as they were and as they go on, and requests of the queue.
extension APIDocuments {
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
            .maybeText("error", "What went wrong, or why there was nothing to read and no run began, in words.") {
                $0.error
            },
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
