import Foundation
import Testing

@testable import Inflow

@Suite("Incidents")
struct IncidentTests {
    private static let now = Instant(timeIntervalSince1970: 1_795_233_600)

    private static func facts(_ change: (inout ConnectionFacts) -> Void) -> ConnectionFacts {
        var facts = ConnectionFacts()
        change(&facts)
        return facts
    }

    private static func run(_ outcome: RunOutcome, _ error: String? = nil) -> ConnectionFacts.Run {
        ConnectionFacts.Run(id: 7, outcome: outcome, error: error, finishedAt: now)
    }

    private static func reading(_ entity: String, hours: Double?, first: Double = 1_000) -> ConnectionFacts.Reading {
        ConnectionFacts.Reading(
            entity: entity, verifiedAt: hours.map { now.addingTimeInterval(-$0 * 3_600) },
            firstAskedAt: now.addingTimeInterval(-first * 3_600))
    }

    /// What a review comes to, in words: `+` begins, `=` goes on, `-` is over.
    private func words(_ facts: ConnectionFacts, open: [Incident] = [], hours: Int = 30) -> [String] {
        let kept = open.enumerated().map { OpenIncident(id: Int64($0.offset + 1), $0.element) }
        let review = IncidentReview(facts, open: kept, freshnessHours: hours, now: Self.now)
        func word(_ incident: Incident) -> String {
            incident.kind.rawValue + (incident.subject.isEmpty ? "" : " \(incident.subject)")
        }
        return review.opened.map { "+" + word($0) } + review.kept.map { "=" + word($0.incident) }
            + review.closed.map { "-" + word($0.incident) }
    }

    @Test(
        "A failed Sync All begins an incident, one that read everything ends it, any other says nothing of it",
        arguments: [
            (RunOutcome.failed, "+", "="), (.green, "", "-"), (.warnings, "", "-"), (.rejections, "", "-"),
            (.quota, "", "="), (.interrupted, "", "="), (.consent, "", "="),
        ])
    func runs(outcome: RunOutcome, whenNew: String, whenOpen: String) {
        let facts = Self.facts { $0.lastFullRun = Self.run(outcome, "why") }
        #expect(words(facts) == (whenNew.isEmpty ? [] : ["\(whenNew)run_failed"]))
        #expect(words(facts, open: [Incident(.runFailed, detail: "before")]) == ["\(whenOpen)run_failed"])
    }

    @Test("What goes on takes what is known now")
    func detail() throws {
        let facts = Self.facts { $0.openRejections = 3 }
        let review = IncidentReview(
            facts, open: [OpenIncident(id: 4, Incident(.rejections, detail: "1 record"))], freshnessHours: 30,
            now: Self.now)
        #expect(review.kept == [OpenIncident(id: 4, Incident(.rejections, detail: "3 records"))])
    }

    @Test("A table that is not read completely every time is stale only when the days between are over as well")
    func daysBetween() {
        func reading(_ hours: Double) -> ConnectionFacts {
            Self.facts {
                $0.hasCompleteRun = true
                $0.readings = [
                    ConnectionFacts.Reading(
                        entity: "group", verifiedAt: Self.now.addingTimeInterval(-hours * 3_600),
                        firstAskedAt: Self.now.addingTimeInterval(-3_600_000), daysBetween: 7)
                ]
            }
        }
        #expect(words(reading(7 * 24 + 29)) == [])
        #expect(words(reading(7 * 24 + 31)) == ["+stale_table group"])
    }

    @Test("Held deletions, rejections and a needed consent begin and end with their facts")
    func counts() {
        let kinds: [(IncidentKind, (inout ConnectionFacts) -> Void)] = [
            (.heldDeletions, { $0.heldDeletions = 1 }), (.rejections, { $0.openRejections = 1 }),
            (.consentNeeded, { $0.consentReason = "revoked" }),
        ]
        for (kind, change) in kinds {
            let open = Incident(kind, detail: "")
            #expect(words(Self.facts(change)) == ["+\(kind.rawValue)"])
            #expect(words(Self.facts(change), open: [open]) == ["=\(kind.rawValue)"])
            #expect(words(ConnectionFacts(), open: [open]) == ["-\(kind.rawValue)"])
        }
    }

    @Test("A table is stale when its last complete reading is older than the limit, not when it is just as old")
    func freshness() {
        let facts = Self.facts {
            $0.hasCompleteRun = true
            $0.readings = [
                Self.reading("task", hours: 30.01), Self.reading("job", hours: 30), Self.reading("cost", hours: nil),
                Self.reading("lead", hours: nil, first: 29),
            ]
        }
        #expect(words(facts) == ["+stale_table cost", "+stale_table task"])
        #expect(words(facts, hours: 31) == ["+stale_table cost"])
        let open = [
            Incident(.staleTable, subject: "job", detail: ""), Incident(.staleTable, subject: "task", detail: ""),
        ]
        #expect(words(facts, open: open) == ["+stale_table cost", "=stale_table task", "-stale_table job"])
    }

    @Test("Before the first complete Sync All no table is stale; while a connection is paused none becomes or ends so")
    func noFreshness() {
        let never = Self.facts { $0.readings = [Self.reading("task", hours: 500)] }
        #expect(words(never).isEmpty)
        let paused = Self.facts {
            $0.hasCompleteRun = true
            $0.isPaused = true
            $0.readings = [Self.reading("task", hours: 500)]
        }
        #expect(words(paused).isEmpty)
        #expect(
            words(paused, open: [Incident(.staleTable, subject: "job", detail: "")]) == ["=stale_table job"])
    }

    @Test(
        "Inflow warns of a refresh token's end from a week before, unless a consent is needed anyway",
        arguments: [(7.01, false, ""), (7, false, "+"), (-1, false, "+"), (1, true, "")])
    func token(days: Double, needsConsent: Bool, sign: String) {
        let facts = Self.facts {
            $0.refreshEndsAt = Self.now.addingTimeInterval(days * 86_400)
            if needsConsent { $0.consentReason = "revoked" }
        }
        let told = words(facts).filter { $0.hasSuffix("token_expiring") }
        #expect(told == (sign.isEmpty ? [] : ["\(sign)token_expiring"]))
        let open = words(facts, open: [Incident(.tokenExpiring, detail: "")]).filter { $0.hasSuffix("token_expiring") }
        #expect(open == [needsConsent || sign == "+" ? "=token_expiring" : "-token_expiring"])
    }

    @Test("Tries are made after a minute, then ever later, six hours at most")
    func pauses() {
        #expect(
            [0, 1, 2, 3, 4, 5, 6, 7, 50].map(AlertPatience.pause) == [
                60, 60, 300, 900, 3_600, 10_800, 21_600, 21_600, 21_600,
            ])
    }
}
