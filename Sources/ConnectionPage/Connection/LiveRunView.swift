internal import Foundation
internal import Inflow

/// A run as its template sees it.
struct LiveRunView {
    private let unread: Unread?
    private let hasRun: Bool
    private let heading: String
    private let tone: String
    private let state: String
    private let facts: [Fact]
    private let hasBar: Bool
    private let done: Int
    private let planned: Int
    private let percent: Int
    private let parts: [Part]
    private let lines: [Line]
    private let error: String?
    private let waiting: String?
    private let queued: String?
    private let mayCancel: Bool
    private let cancelAddress: String

    private struct Unread {
        let said: String
        let isFault: Bool
    }

    private struct Fact {
        let name: String
        let value: String
    }

    private struct Part {
        let words: String
        let done: Int
        let planned: Int
        let isRunning: Bool
        let numbers: String
        let status: String
        let tone: String
        let error: String?
    }

    private struct Line {
        let at: String
        let words: String
        let isError: Bool
    }

    init(_ live: LiveRun, name: String, zone: TimeZone, mayCancel: Bool) {
        let isRunning = live.isRunning
        unread = live.unread.map { one in
            Unread(
                said: "No run began for \(one.asked); its request ended at \(one.at.named(in: zone)). \(one.why)",
                isFault: one.isFault)
        }
        hasRun = live.run != nil
        heading = live.run.map { "Run \($0)" + (live.trigger.map { ": \(RunWords.trigger($0))" } ?? "") } ?? ""
        state = live.isDead ? "Died: its process ended" : live.status.map { RunWords.status($0) } ?? ""
        tone = live.isDead ? Tone.bad.rawValue : live.status.map { Tone($0).rawValue } ?? ""
        facts = LiveRunView.facts(live, zone)
        (done, planned) = live.parts.reduce((0, 0)) { ($0.0 + min($1.done, $1.planned), $0.1 + $1.planned) }
        hasBar = isRunning
        percent = planned == 0 ? 0 : done * 100 / planned
        parts = live.parts.map { LiveRunView.part($0, isRunning: isRunning) }
        lines = live.lines.map { line in
            Line(at: String(line.at.text(in: zone).suffix(5)), words: line.words, isError: line.isError)
        }
        error = isRunning ? nil : live.error
        waiting = isRunning ? live.waiting : nil
        queued =
            live.queued == 0
            ? nil : live.queued == 1 ? "1 request waits in the queue." : "\(live.queued) requests wait in the queue."
        self.mayCancel = mayCancel && isRunning
        cancelAddress = Address.connection(name) + "/cancel"
    }

    private static func facts(_ live: LiveRun, _ zone: TimeZone) -> [Fact] {
        var facts: [Fact] = []
        if let began = live.startedAt { facts.append(Fact(name: "Began", value: began.named(in: zone))) }
        if let seconds = live.seconds { facts.append(Fact(name: "Took", value: NumberText.duration(seconds))) }
        let rows = live.parts.reduce(0) { $0 + $1.pulled }
        facts.append(Fact(name: "Rows", value: NumberText.grouped(rows)))
        let ofCalls = live.isRunning && live.expectedCalls > live.calls ? " of about \(live.expectedCalls)" : ""
        facts.append(Fact(name: "Calls", value: NumberText.grouped(live.calls) + ofCalls))
        if let left = live.callsLeft { facts.append(Fact(name: "Calls left today", value: NumberText.grouped(left))) }
        if live.isRunning, let left = live.secondsLeft {
            facts.append(Fact(name: "To go", value: "about " + NumberText.duration(left)))
        }
        return facts
    }

    private static func part(_ part: LiveRun.Part, isRunning: Bool) -> Part {
        let numbers =
            "\(NumberText.grouped(part.pulled)) rows, \(NumberText.grouped(part.inserted)) new, "
            + "\(NumberText.grouped(part.updated)) changed"
            + (part.rejected > 0 ? ", \(NumberText.grouped(part.rejected)) rejected" : "")
        return Part(
            words: EntityWords.plural(part.entity), done: min(part.done, part.planned), planned: max(1, part.planned),
            isRunning: isRunning, numbers: numbers, status: RunWords.part(part.status),
            tone: Tone(part.status).rawValue,
            error: part.error)
    }
}
