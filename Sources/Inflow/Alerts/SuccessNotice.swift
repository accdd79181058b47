public import Foundation

/// A Sync All that went well, with the numbers that changed.
///
/// A pure value; ``summary`` is its mail. Times are by the clock of the connection's zone.
public struct SuccessNotice: Sendable, Hashable {
    /// An entity that the run changed.
    public struct Entity: Sendable, Hashable {
        /// Its name.
        public let name: String
        /// The rows that it wrote.
        public let changes: WeeklyDigest.Changes
        /// By how much the run changed the sum of the entity's amounts, a decimal in digits; `nil` where it has none,
        /// or a later run has changed them again.
        public let money: String?

        /// An entity from its parts.
        public init(_ name: String, _ changes: WeeklyDigest.Changes, money: String? = nil) {
            self.name = name
            self.changes = changes
            self.money = money
        }
    }

    /// A kind of values that is not all here.
    public struct Partial: Sendable, Hashable {
        /// The entity of the values.
        public let entity: String
        /// The share (percent) of the records whose values are here.
        public let percent: Int

        /// A kind of values from its parts.
        public init(_ entity: String, percent: Int) {
            self.entity = entity
            self.percent = percent
        }
    }

    /// The name of the connection.
    public let connection: String
    /// Its zone.
    public let zone: TimeZone
    /// The run's number.
    public let run: Int64
    /// How it ended.
    public let outcome: RunOutcome
    /// When it ended, UTC.
    public let finishedAt: Instant
    /// How long it took, in seconds.
    public let seconds: Int
    /// Calls that it made.
    public let calls: Int
    /// When Inflow wrote this.
    public let madeAt: Instant
    /// The entities that it changed, in loading order.
    public var entities: [Entity] = []
    /// Rejections that are open.
    public var rejections = 0
    /// Kinds of values that are not all here.
    public var partial: [Partial] = []
    /// Rows that are missing at the platform and wait for a person's decision.
    public var held = 0
    /// When the next scheduled run begins; `nil` where none does.
    public var nextRun: Instant?

    /// A run from its row in the run log.
    public init(
        connection: String, zone: TimeZone, run: Int64, outcome: RunOutcome, finishedAt: Instant, seconds: Int,
        calls: Int, madeAt: Instant
    ) {
        self.connection = connection
        self.zone = zone
        self.run = run
        self.outcome = outcome
        self.finishedAt = finishedAt
        self.seconds = seconds
        self.calls = calls
        self.madeAt = madeAt
    }

    /// Whether the run changed any row.
    public var isChange: Bool { entities.contains(where: \.changes.isAny) }

    /// The notice as a mail.
    public var summary: Summary {
        Summary(kind: .success, subject: subject, text: text, madeAt: madeAt)
    }

    private var shown: String { MailText.sentence(connection) }
    private var name: String { connection.shellWord }

    private var rows: Int { entities.reduce(0) { $0 + $1.changes.inserted + $1.changes.updated + $1.changes.marked } }

    /// How it ended, for a run that read everything it had planned.
    private var ending: String {
        switch outcome {
        case .green: "went well"
        case .warnings: "went well, with warnings: inflow run \(run)"
        case .rejections: "read everything, with rejected records or values"
        case .failed, .quota, .consent, .interrupted: "ended: \(outcome.rawValue)"
        }
    }

    private var subject: String {
        let what = isChange ? "\(MailText.counted(rows, "row")) changed" : "nothing changed"
        let words = outcome == .green && held == 0 ? "the sync went well" : "the sync ended, look at it"
        return "Inflow, \(shown): \(words), \(what)"
    }

    private var text: String {
        var parts = [
            "The Sync All of \"\(shown)\" (run \(run)) \(ending). It ended \(finishedAt.named(in: zone)), after "
                + "\(MailText.counted(calls, "call")) and \(seconds) s."
        ]
        parts.append(changeText)
        var notes: [String] = []
        if held > 0 {
            notes.append("Deletions that wait for you: \(MailText.grouped(held)): inflow deletions \(name)")
        }
        if rejections > 0 {
            notes.append(
                "Rejected records and values that are open: \(MailText.grouped(rejections)): inflow rejections \(name)")
        }
        if !partial.isEmpty {
            let kinds = partial.map { "\($0.entity) \($0.percent) %" }.joined(separator: ", ")
            notes.append("Values that are partial, since each record costs a call: \(kinds)")
        }
        notes.append("Next run: \(nextRun?.named(in: zone) ?? "none")")
        parts.append(notes.joined(separator: "\n"))
        parts.append(
            "Sent by Inflow, \(madeAt.named(in: zone)). To change who receives this: inflow alert set \(name) --help. "
                + "To stop it: inflow alert set \(name) --success-mail off")
        return parts.joined(separator: "\n\n") + "\n"
    }

    private var changeText: String {
        let changed = entities.filter(\.changes.isAny)
        guard !changed.isEmpty else { return "Nothing changed: no row of the tables is new, changed or gone." }
        guard changed.contains(where: { $0.money != nil }) else {
            return MailText.table(
                ["", "new", "changed", "deleted"], changed.map { [$0.name] + $0.changes.cells }, numbers: 1..<4)
        }
        let rows = changed.map { [$0.name] + $0.changes.cells + [$0.money.map(SuccessNotice.signed) ?? ""] }
        return MailText.table(["", "new", "changed", "deleted", "amount"], rows, numbers: 1..<5)
            + "\n\nThe amount is by how much the total of all records changed, with tax where a record says so."
    }

    /// An amount with its sign.
    private static func signed(_ amount: String) -> String {
        MailText.grouped(amount.hasPrefix("-") ? amount : "+" + amount)
    }
}
