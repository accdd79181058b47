internal import Foundation
internal import Inflow

/// Backfills and their plans.
extension APIDocuments {
    static let backfill = APIShape<BackfillState>(
        "Backfill", "A backfill, and how far it is.",
        [
            .word(
                "phase",
                "waiting: in the queue; running; stopping: asked to stop; paused: it can go on; done: everything is "
                    + "read; ended: something was not read.", among: BackfillState.Phase.allCases.map(\.rawValue)
            ) { $0.phase.rawValue },
            .maybeDay("from", "The first day.") { "\($0.wish.first)" },
            .maybeDay("to", "The last day, included; null for the end of this month.") {
                $0.wish.last.map { "\($0)" }
            },
            .texts("entities", "Its entities; none are all that have dates.") { $0.wish.entities },
            .word("chunk", "How much history is one chunk.", among: BackfillPlan.Size.allCases.map(\.rawValue)) {
                $0.wish.size.rawValue
            },
            .number("chunks_held", "Chunks of its days that the tables hold.") { $0.held },
            .number("chunks", "All chunks of its days.") { $0.all },
            .maybeIdentity("run", "The number of its run, once it has begun one.") { $0.run?.run },
        ])

    static let backfillPlan = APIShape<BackfillPreview>(
        "BackfillPlan", "What a backfill would read, and what it costs.",
        [
            .list(
                "chunks", "What is to be read, the newest first.",
                of: APIShape<BackfillPreview.Chunk>(
                    "BackfillChunk", "A chunk of history.",
                    [
                        .text("days", "Its days, in words.") { $0.days },
                        .text("entities", "The entities that lack something of them, with commas.") { $0.entities },
                    ])
            ) { $0.chunks },
            .number("chunks_held", "Chunks of the days that the tables hold already.") { $0.skipped },
            .number("calls", "Calls expected.") { $0.calls },
            .maybeNumber("minutes", "Minutes at the limit of calls a minute; null without one.") { $0.minutes },
            .maybeNumber("percent_of_day", "Percent of one day's calls; null without a limit.") { $0.percentOfDay },
            .maybeNumber(
                "calls_left", "Calls that today then still has for scheduled runs; negative where it takes longer."
            ) { $0.left },
            .number("days", "The fewest days that it takes.") { $0.days },
        ])
}
