internal import Foundation
internal import Inflow

/// What waits for a decision.
extension APIDocuments {
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
}
