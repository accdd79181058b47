internal import Foundation

extension WeeklyDigest {
    /// The digest as a mail.
    public var summary: Summary {
        Summary(kind: .digest, subject: subject, text: text, madeAt: madeAt)
    }

    private var shown: String { MailText.sentence(connection) }
    private var name: String { connection.shellWord }

    private var syncAlls: [Runs] { runs.filter(\.trigger.isSyncAll) }

    private var subject: String {
        let all = syncAlls.reduce(0) { $0 + $1.count }
        let good = syncAlls.filter(\.outcome.isSuccess).reduce(0) { $0 + $1.count }
        let what =
            switch (all, good) {
            case (0, _): "no Sync All"
            case (1, 1): "1 Sync All, well"
            case (_, 0): "no Sync All went well"
            case _ where good == all: "\(all) Sync Alls, all well"
            default: "\(good) of \(all) Sync Alls went well"
            }
        return "Inflow, \(shown): the week to \(LocalDate(until, in: zone)): \(what)"
    }

    private var text: String {
        var parts = [
            "The week of \"\(shown)\", from \(from.text(in: zone)) to \(until.named(in: zone)).", runText,
            changeText, stateText, waitingText, factText,
            "More:\n"
                + MailText.commands([
                    ("inflow status \(name)", "how it stands now"), ("inflow runs \(name)", "what each run did"),
                ]),
        ]
        parts.append(
            "Sent by Inflow, \(madeAt.named(in: zone)). To change who receives this: inflow alert set \(name) --help. "
                + "To stop it: inflow alert set \(name) --digest off")
        return parts.joined(separator: "\n\n") + "\n"
    }

    // MARK: runs

    private var runText: String {
        guard !runs.isEmpty else { return "Runs: none." }
        let values = runs.filter { $0.trigger == .values }
        let others = runs.filter { !$0.trigger.isSyncAll && $0.trigger != .values }
        let kinds = [("Sync All", syncAlls), ("other run", others), ("reading of values", values)]
        let words = kinds.filter { !$1.isEmpty }.map { noun, runs in
            let count = runs.reduce(0) { $0 + $1.count }
            let nouns = count == 1 ? noun : noun == "reading of values" ? "readings of values" : noun + "s"
            return "\(MailText.grouped(count)) \(nouns) (\(WeeklyDigest.outcomes(runs)))"
        }
        let bad = runs.filter { !$0.outcome.isSuccess && $0.trigger != .values }.reduce(0) { $0 + $1.count }
        let lines = failures.map { failure in
            let why = failure.error.flatMap { $0.split(whereSeparator: \.isNewline).first }.map { ": \($0)" } ?? ""
            let line = "run \(failure.run), \(failure.startedAt.text(in: zone)), \(failure.outcome.rawValue)\(why)"
            return "  " + MailText.oneLine(line, atMost: 300)
        }
        let more = bad > lines.count ? ["  … and \(bad - lines.count) more"] : []
        return (["Runs: \(words.joined(separator: ", "))."] + lines + more).joined(separator: "\n")
    }

    /// How runs ended, the usual first: `6 green, 1 failed`.
    private static func outcomes(_ runs: [Runs]) -> String {
        RunOutcome.allCases.reversed().compactMap { outcome in
            let count = runs.filter { $0.outcome == outcome }.reduce(0) { $0 + $1.count }
            return count == 0 ? nil : "\(MailText.grouped(count)) \(outcome.rawValue)"
        }.joined(separator: ", ")
    }

    // MARK: tables

    private var changeText: String {
        let changed = entities.filter(\.changes.isAny)
        guard !changed.isEmpty else { return "Rows: none was new, changed or deleted." }
        return "Rows of the week:\n"
            + MailText.table(
                ["", "new", "changed", "deleted"], changed.map { [$0.name] + $0.changes.cells }, numbers: 1..<4)
    }

    private var stateText: String {
        "How far each table is:\n"
            + MailText.table(
                ["", "read", "complete"],
                entities.map { [$0.name, $0.readAt?.text(in: zone) ?? "-", $0.completeness.words] }, numbers: 0..<0)
    }

    // MARK: what waits, and numbers

    private var waitingText: String {
        let findings =
            switch self.findings {
            case .none: "Quality: could not be counted now: inflow quality \(name)"
            case .some(0): "Quality: no finding."
            case .some(let count): "Quality: \(MailText.counted(count, "finding")): inflow quality \(name)"
            }
        return [
            block("Deletions that wait for you", held, "row", heldExamples, "inflow deletions \(name)"),
            block("Rejected", rejections, "record or value", rejectionExamples, "inflow rejections \(name)"),
            findings,
        ].joined(separator: "\n")
    }

    private func block(
        _ title: String, _ count: Int, _ noun: String, _ examples: [String], _ command: String
    ) -> String {
        guard count > 0 else { return "\(title): none." }
        let plural = noun == "record or value" && count != 1 ? "\(MailText.grouped(count)) records or values" : nil
        let lines = examples.map { "  " + MailText.oneLine($0, atMost: 300) }
        let more = count > examples.count && !examples.isEmpty ? ["  … and \(count - examples.count) more"] : []
        return (["\(title): \(plural ?? MailText.counted(count, noun)): \(command)"] + lines + more)
            .joined(separator: "\n")
    }

    private var factText: String {
        let left = callsLeft.map { ", \(MailText.grouped($0)) left of today's" } ?? ""
        let token =
            if let consentReason {
                "it must be authorised again: \(MailText.oneLine(consentReason, atMost: 200))"
            } else {
                tokenDays.map { "good for \(MailText.counted($0, "day")) more without a run" } ?? "none"
            }
        return """
            Calls: \(MailText.grouped(calls)) in the week\(left).
            Authorisation: \(token)
            Next run: \(nextRun?.named(in: zone) ?? "none")
            """
    }
}
