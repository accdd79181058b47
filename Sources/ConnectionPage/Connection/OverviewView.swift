internal import Foundation
internal import Inflow

/// One connection as its templates see it: banners, schedule, record counts, what can be pressed.
struct OverviewView {
    private let address: String
    private let banners: [Banner]
    private let facts: [Fact]
    private let time: String
    private let zone: String
    private let isOn: Bool
    private let isPinned: Bool
    private let isPaused: Bool
    private let counts: [Count]
    private let total: String
    private let countedAt: String
    private let dated: [Link]
    private let lists: [Link]
    private let mayOperate: Bool
    private let mayAdminister: Bool
    private let callsLeft: String?
    private let isRunning: Bool

    /// Something a person should know, with the button that mends it.
    private struct Banner {
        let tone: String
        let words: String
        let action: String?
        let actionWords: String
        let isPost: Bool
    }

    private struct Fact {
        let name: String
        let value: String
    }

    private struct Count {
        let words: String
        let address: String
        let rows: String
        let change: String
        let changeTone: String
        let readAt: String
        let hasStatus: Bool
        let status: String
        let tone: String
    }

    private struct Link {
        let entity: String
        let words: String
    }

    init(_ overview: ConnectionOverview, now: Instant, mayOperate: Bool, mayAdminister: Bool) {
        let card = overview.card
        let zone = card.zone
        let address = Address.connection(card.name)
        self.address = address
        banners = OverviewView.banners(overview, now: now, address)
        facts = OverviewView.facts(overview, now: now)
        time = overview.time ?? ""
        self.zone = overview.timeZone ?? zone.identifier
        (isOn, isPinned, isPaused) = (overview.isOn, overview.isPinned, overview.pausedAt != nil)
        counts = overview.counts.map { count in
            let change = count.change ?? 0
            return Count(
                words: EntityWords.plural(count.entity), address: address + "/tables/wfm." + count.entity,
                rows: NumberText.grouped(count.rows), change: NumberText.change(change),
                changeTone: change == 0 ? "" : change > 0 ? "up" : "down",
                readAt: count.readAt.map { InstantWords.short($0, in: zone, now: now) } ?? "–",
                hasStatus: count.status != nil && count.status != .skipped,
                status: count.status.map { RunWords.part($0) } ?? "",
                tone: count.status.map { Tone($0).rawValue } ?? "")
        }
        total = NumberText.grouped(overview.counts.reduce(0) { $0 + $1.rows })
        countedAt = overview.countedAt?.named(in: zone) ?? ""
        let own = overview.counts.filter { !$0.isPerParent }
        dated = own.filter(\.isDated).map { Link(entity: $0.entity, words: EntityWords.plural($0.entity)) }
        lists = own.filter { !$0.isDated }.map { Link(entity: $0.entity, words: EntityWords.plural($0.entity)) }
        (self.mayOperate, self.mayAdminister) = (mayOperate, mayAdminister)
        callsLeft = overview.callsLeftToday.map { "\(NumberText.grouped($0)) calls are left of today's." }
        isRunning = card.state == .running
    }

    private static func facts(_ overview: ConnectionOverview, now: Instant) -> [Fact] {
        let card = overview.card
        func when(_ instant: Instant) -> String {
            "\(instant.named(in: card.zone)) (\(instant > now ? "in " : "")\(NumberText.span(now.timeIntervalSince(instant)))\(instant > now ? "" : " ago"))"
        }
        return [
            Fact(name: "Last Run", value: card.lastRun.map(when) ?? "none yet"),
            Fact(
                name: "Next Run",
                value: card.nextRun.map(when) ?? (overview.isOn ? "with the first Sync All" : "none: switched off")),
            Fact(
                name: "Fresh",
                value: card.freshAt.map { "every list was read within \(NumberText.span(now.timeIntervalSince($0)))" }
                    ?? "not every list has been read yet"),
        ]
    }

    /// The most urgent first; each says what happened and has the button that mends it.
    private static func banners(_ overview: ConnectionOverview, now: Instant, _ address: String) -> [Banner] {
        let card = overview.card
        var banners: [Banner] = []
        func add(
            _ tone: Tone, _ words: String, _ action: String? = nil, _ actionWords: String = "", isPost: Bool = false
        ) {
            banners.append(
                Banner(
                    tone: tone.rawValue, words: words, action: action.map { address + $0 }, actionWords: actionWords,
                    isPost: isPost))
        }
        for problem in card.problems { add(.bad, problem) }
        if let reason = card.consentReason {
            add(.bad, "A person must authorise this connection. \(reason)", "/authorise", "Authorisation")
        } else if let end = card.tokenEndsAt {
            let days = Int((end.timeIntervalSince(now) / 86_400).rounded(.down))
            let when = end.named(in: card.zone)
            if end <= now {
                add(.bad, "The token expired at \(when).", "/authorise", "Authorisation")
            } else {
                add(
                    TokenWords.tone(days),
                    "The token expires in \(days) days, at \(when), unless it is used before. Every run uses it.")
            }
        } else {
            add(.bad, "The connection is not authorised yet.", "/authorise", "Authorisation")
        }
        if card.state == .missed {
            add(.bad, "A scheduled run is due and no process serves. Start \"inflow serve\".")
        } else if !overview.isServed {
            add(.warn, "No process serves the queue: what you start waits. Start \"inflow serve\".")
        }
        if overview.pausedAt != nil {
            add(.warn, "The connection is paused: no scheduled run begins.", "/resume", "Resume", isPost: true)
        }
        if !card.failedEntities.isEmpty {
            let names = card.failedEntities.map { EntityWords.plural($0) }.joined(separator: ", ")
            add(.bad, "The last full run did not read: \(names).", "/sync", "Try again", isPost: true)
        }
        if card.heldDeletions > 0 {
            add(
                .warn, "\(NumberText.grouped(card.heldDeletions)) deletions wait for your decision.", "/deletions",
                "Look at them")
        }
        if card.rejections > 0 {
            add(
                .warn, "\(NumberText.grouped(card.rejections)) records or values are not loaded.", "/rejections",
                "Look at them")
        }
        for words in overview.incidents { add(.warn, words) }
        return banners
    }
}
