internal import Foundation
internal import Inflow

/// Connections, their schedule, rows and completeness.
extension APIDocuments {
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
