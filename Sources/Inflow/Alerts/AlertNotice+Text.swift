internal import Foundation

extension AlertNotice {
    /// The subject line: one line, no control characters.
    public var subject: String {
        connection.isEmpty ? "Inflow: \(headline)" : "Inflow, \(shown): \(headline)"
    }

    /// The message; each line ends with `\n`.
    public var text: String {
        var parts = [happened]
        if !did.isEmpty { parts.append(did) }
        if !remedies.isEmpty { parts.append("What you can do:\n" + MailText.commands(remedies)) }
        let whose = connection.isEmpty ? "--all" : name
        parts.append(
            "Sent by Inflow, \(madeAt.named(in: zone)). To change who receives this: inflow alert set \(whose) --help")
        return parts.joined(separator: "\n\n") + "\n"
    }

    private var headline: String {
        let isOver = event == .closed
        switch kind {
        case nil: return "a test message"
        case .runFailed: return isOver ? "the sync works again" : "the sync failed"
        case .requestFailed: return isOver ? "runs work again" : "a requested run failed"
        case .heldDeletions: return isOver ? "no deletions are held any more" : "deletions wait for you"
        case .rejections: return isOver ? "no records are rejected any more" : "records were rejected"
        case .consentNeeded: return isOver ? "it is authorised again" : "it must be authorised again"
        case .staleTable: return isOver ? "\(tables) fresh again" : "\(tables) too old"
        case .tokenExpiring: return isOver ? "the authorisation is renewed" : "the authorisation ends soon"
        case .noRun:
            let since = incidents.first?.detail.split(separator: ";").first.map { " \($0)" } ?? ""
            return isOver ? "it is read again" : "no run\(since)"
        case .warehouseAway: return isOver ? "the warehouse answers again" : "the warehouse does not answer"
        }
    }

    private var tables: String {
        incidents.count == 1 ? "table \(incidents[0].subject) is" : "\(incidents.count) tables are"
    }

    // MARK: what happened

    private var happened: String {
        guard let kind else {
            guard !connection.isEmpty else {
                return "This is a test of the mail server that Inflow uses for all connections. Nothing is wrong."
            }
            return "This is a test of the alerts of connection \"\(shown)\". Nothing is wrong."
        }
        return event == .closed ? over(kind) : begun(kind)
    }

    private func begun(_ kind: IncidentKind) -> String {
        let lines = (incidents.first?.detail ?? "").split(separator: "\n", maxSplits: 1)
        let count = lines.first.map(String.init) ?? ""
        let examples = lines.count > 1 ? ":\n\(MailText.lines(String(lines[1])))" : "."
        let detail = MailText.lines(incidents.first?.detail ?? "")
        switch kind {
        case .runFailed:
            let run = incidents.first?.run.map { " (run \($0))" } ?? ""
            return "The last Sync All of \"\(shown)\"\(run) failed:\n\(detail)"
        case .requestFailed:
            let run = incidents.first?.run.map { " (run \($0))" } ?? ""
            return "A run of \"\(shown)\" that a person asked for\(run) failed:\n\(detail)"
        case .heldDeletions:
            return
                "Rows of \"\(shown)\" were absent from the platform's answers (\(count)): too many to be marked as "
                + "deleted without your decision\(examples)"
        case .rejections:
            return "Inflow cannot load records of \"\(shown)\" as the platform sends them (\(count))\(examples)"
        case .consentNeeded:
            return "The platform no longer lets Inflow read \"\(shown)\":\n\(detail)"
        case .staleTable:
            return "Tables of \"\(shown)\" are older than the connection's limit:\n\(list)"
        case .tokenExpiring:
            return
                "The refresh token of \"\(shown)\" expires on \(incidents.first?.detail ?? "") unless "
                + "Inflow uses it before."
        case .noRun:
            return "No Sync All of \"\(shown)\" has begun \(count)."
        case .warehouseAway:
            return "The database that holds the tables of \"\(shown)\" cannot be used: \(count)."
        }
    }

    private func over(_ kind: IncidentKind) -> String {
        switch kind {
        case .runFailed: "A Sync All of \"\(shown)\" has read everything again."
        case .requestFailed: "A later run of \"\(shown)\" has ended well."
        case .heldDeletions: "No deletions of \"\(shown)\" wait for a decision any more."
        case .rejections: "No record of \"\(shown)\" is rejected any more."
        case .consentNeeded: "Connection \"\(shown)\" is authorised again."
        case .staleTable:
            "Inflow has read these tables of \"\(shown)\" completely again:\n"
                + incidents.map { "  \($0.subject)" }.joined(separator: "\n")
        case .tokenExpiring: "The refresh token of \"\(shown)\" was renewed."
        case .noRun: "A Sync All of \"\(shown)\" has begun again."
        case .warehouseAway: "The database that holds the tables of \"\(shown)\" answers again."
        }
    }

    private var list: String {
        incidents.map { "  \($0.subject): \($0.detail)" }.joined(separator: "\n")
    }

    // MARK: what Inflow did, what the person can do

    private var did: String {
        guard event == .opened, let kind else { return event == .closed ? "Nothing is left to do about this." : "" }
        let silence = "Inflow sends one more message when the problem is over."
        switch kind {
        case .runFailed:
            return
                "The tables keep all committed records. The next sync reads the rest again. " + silence
        case .requestFailed:
            return "The tables keep all committed records. Other runs go on. " + silence
        case .heldDeletions:
            return "The rows stay in the tables as they are until you decide. " + silence
        case .rejections:
            return
                "Inflow loaded everything else; of a rejected record the tables keep the version they had. Inflow loads "
                + "the record after you correct it in WorkflowMax. " + silence
        case .consentNeeded:
            return "Inflow reads nothing until you authorise the connection; the tables stay as they are. " + silence
        case .staleTable:
            return "The tables keep the records of that reading. " + silence
        case .tokenExpiring:
            return "Every sync renews it. " + silence
        case .noRun:
            return "The tables stay as they are; a daemon that serves reads what was missed. " + silence
        case .warehouseAway:
            return
                "Inflow reads nothing meanwhile and goes on when the database answers. Inflow sends this over the "
                + "channels as it last knew them. " + silence
        }
    }

    private var remedies: [(command: String, purpose: String)] {
        guard event == .opened, let kind else { return [] }
        switch kind {
        case .runFailed:
            return [
                ("inflow runs \(name)", "see what each run did and why it ended"),
                ("inflow sync \(name)", "read again; that is always safe"),
                ("inflow doctor", "see whether this machine or the database causes the error"),
            ]
        case .requestFailed:
            return [
                ("inflow runs \(name)", "see what the run did before its process ended"),
                ("inflow doctor", "see whether this machine or the database causes it"),
            ]
        case .heldDeletions:
            return [
                ("inflow deletions \(name)", "look at the rows"),
                ("inflow deletions \(name) approve", "look for them once more and mark them"),
                ("inflow deletions \(name) reject", "keep them"),
            ]
        case .rejections:
            return [
                ("inflow rejections \(name)", "see which records, and why"),
                ("inflow rejections \(name) retry", "read them again after you correct them"),
                ("inflow rejections \(name) dismiss ID", "hide one"),
            ]
        case .consentNeeded:
            return [
                (
                    "inflow authorise \(name)",
                    "authorise it again, in a browser"
                )
            ]
        case .staleTable:
            return [
                ("inflow runs \(name)", "see whether Inflow still reads it, and what fails"),
                ("inflow sync \(name)", "read now"),
                ("inflow alert set \(name) --freshness-hours N", "set another limit"),
            ]
        case .tokenExpiring:
            return [("inflow sync \(name)", "renew it; any sync does")]
        case .noRun:
            return [
                ("inflow status \(name)", "see what was missed, and whether anything serves"),
                ("systemctl status inflow", "see whether the service runs, on the machine that has it"),
                ("inflow sync \(name)", "read now"),
            ]
        case .warehouseAway:
            return [
                ("inflow doctor", "see what is wrong with the database, on the machine that serves"),
                ("inflow database start", "start the private PostgreSQL, where Inflow has one"),
            ]
        }
    }

    // MARK: names and texts from outside

    /// The connection's name for use in a sentence.
    private var shown: String { MailText.sentence(connection) }

    /// The connection's name for use in a shell command, quoted where it must be.
    private var name: String { connection.shellWord }
}
