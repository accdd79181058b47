public import Foundation
public import Inflow
internal import Postgres
internal import SQLFiles

/// The incidents of a connection: reviewed, reported once, and listed.
///
/// A review is one transaction under a lock of the connection: it reads the status, compares it with the open incidents
/// (``Inflow/IncidentReview``, which is pure), writes what began and what is over, and puts one message for each kind
/// and channel into the ``Outbox``. So an incident and its message exist together or not at all, and two processes that
/// review at once open one incident.
///
/// - Delivery is apart from the review: a mail server that is down must not hold a transaction, and a message that was
///   written is tried for days.
/// - A message is delivered at least once. The mark that it was sent is written after it was; a crash between the two
///   sends it again with the same message id, by which a receiver can drop it.
/// - A message names the incidents it is about. By that Inflow knows on which channels a beginning was reported, and
///   reports an end only there.
/// - Facts come from the one reader of a connection's status (`ConnectionStatusReader`), so that an alert never says
///   something else than `inflow status`.
public struct Incidents: Sendable {
    private let warehouse: Warehouse
    private let connection: Connection

    /// The incidents of a connection; reads nothing before it is asked.
    public init(_ warehouse: Warehouse, _ connection: Connection) {
        self.warehouse = warehouse
        self.connection = connection
    }

    // MARK: review

    /// Looks at the connection's facts, opens and closes incidents, and writes the messages about them, all or nothing.
    ///
    /// `entities` are the names of those the platform has. Each open incident gets one message on each channel that
    /// is on, also on a channel that was set since; each that is over gets one where its beginning was reported.
    /// Incidents of one kind that are reported together share a message. Reviews of a connection wait for each other.
    /// Of rows and records the first are named by the columns of `known`.
    @discardableResult
    public func review(
        entities: [String], known: [EntityDefinition] = []
    ) async throws(WarehouseError) -> IncidentReview {
        try await warehouse.transaction(purpose: "alerts", doing: "reviewing the incidents of \(connection.name)") {
            session throws(PostgresError) in
            try session.query(
                "select pg_advisory_xact_lock(hashtextextended('inflow.alerts ' || $1::text, 0))",
                [.text(String(connection.id))])
            let now = try session.query("select clock_timestamp() as now")[0].date("now")
            let status = try ConnectionStatusReader.read(connection.id, now: now, session).first
            let hours = connection.settings.freshnessHours
            // The connection was removed meanwhile: nothing is known of it, so nothing is opened, closed or sent.
            guard let status else {
                return IncidentReview(ConnectionFacts(), open: [], freshnessHours: hours, now: now)
            }
            var facts = ConnectionFacts(
                status, entities: entities, wholeDays: connection.settings.wholeDays, now: now)
            try name(known, in: &facts, session)
            let review = IncidentReview(
                facts, open: try open(session), freshnessHours: hours, zone: connection.settings.timeZone, now: now)
            try keep(review, session)
            for channel in try AlertChannels.list(connection.id, session) where channel.isOn {
                try writeMessages(channel, closed: review.closed, now, session)
            }
            try forget(session)
            return review
        }
    }

    /// Names the first rows and records that the facts are about, and the records that errors of runs mention.
    private func name(
        _ known: [EntityDefinition], in facts: inout ConnectionFacts, _ session: isolated PostgresConnection
    ) throws(PostgresError) {
        let examples = IncidentExamples(connection: connection.id, known: known)
        if facts.heldDeletions > 0 { facts.heldExamples = try examples.held(session) }
        if facts.openRejections > 0 { facts.rejectionExamples = try examples.rejected(session) }
        let names = RecordNames(connection: connection.id, known: known)
        if let error = facts.lastFullRun?.error { facts.lastFullRun?.error = try names.naming(error, session) }
        if let error = facts.deadlyRequest?.error { facts.deadlyRequest?.error = try names.naming(error, session) }
    }

    private func open(_ session: isolated PostgresConnection) throws(PostgresError) -> [OpenIncident] {
        try session.query(
            """
            select id, kind, subject, detail, run_id from inflow.incident
            where connection_id = $1 and closed_at is null order by id
            """, [.int64(connection.id)]
        ).read(Incidents.openIncident)
    }

    private static func openIncident(_ row: PostgresResult.Row) throws(PostgresError) -> OpenIncident {
        try OpenIncident(
            id: row.int64("id"),
            Incident(
                row.word("kind", of: "inflow.incident.kind"), subject: row.text("subject"),
                detail: row.text("detail"),
                run: row.optionalInt64("run_id")))
    }

    private func keep(_ review: IncidentReview, _ session: isolated PostgresConnection) throws(PostgresError) {
        for incident in review.opened {
            try session.query(
                """
                insert into inflow.incident (connection_id, kind, subject, detail, run_id)
                values ($1, $2, $3, $4, $5)
                """,
                [
                    .int64(connection.id), .text(incident.kind.rawValue), .text(incident.subject),
                    .text(incident.detail), incident.run.map { .int64($0) } ?? .null,
                ])
        }
        for open in review.kept {
            try session.query(
                """
                update inflow.incident set detail = $3, run_id = $4
                where connection_id = $1 and id = $2 and (detail, run_id) is distinct from ($3, $4)
                """,
                [
                    .int64(connection.id), .int64(open.id), .text(open.incident.detail),
                    open.incident.run.map { .int64($0) } ?? .null,
                ])
        }
        guard !review.closed.isEmpty else { return }
        try session.query(
            "update inflow.incident set closed_at = now() where connection_id = $1 and id = any ($2)",
            [.int64(connection.id), .int64Array(review.closed.map(\.id))])
    }

    /// Writes the messages that a channel has not received yet.
    private func writeMessages(
        _ channel: AlertChannel, closed: [OpenIncident], _ now: Instant, _ session: isolated PostgresConnection
    ) throws(PostgresError) {
        let isReported = """
            exists (
                select from inflow.outbox o
                where o.connection_id = i.connection_id and o.channel = $2 and o.event = 'opened'
                    and i.id = any (o.incidents)
            )
            """
        let parameters: [PostgresParameter] = [.int64(connection.id), .text(channel.kind.rawValue)]
        let begun = try session.query(
            """
            select i.id, i.kind, i.subject, i.detail, i.run_id from inflow.incident i
            where i.connection_id = $1 and i.closed_at is null and not \(isReported)
            order by i.id
            """, parameters
        ).read(Incidents.openIncident)
        let reported = Set(
            try session.query(
                "select i.id from inflow.incident i where i.connection_id = $1 and i.id = any ($3) and \(isReported)",
                parameters + [.int64Array(closed.map(\.id))]
            ).int64s("id"))
        let over = closed.filter { reported.contains($0.id) }
        for (event, incidents) in [(AlertNotice.Event.opened, begun), (.closed, over)] {
            for kind in IncidentKind.allCases {
                let some = incidents.filter { $0.incident.kind == kind }
                guard !some.isEmpty else { continue }
                let notice = AlertNotice(
                    event, kind, some.map(\.incident), connection: connection.name,
                    zone: connection.settings.timeZone, at: now)
                try Outbox.add(notice, about: some.map(\.id), to: channel, connection.id, session)
            }
        }
    }

    /// Incidents and messages that are long over are forgotten; what has not ended stays, whatever its age.
    private func forget(_ session: isolated PostgresConnection) throws(PostgresError) {
        try session.query(
            Statements.outboxForget, [.int64(connection.id)])
        try session.query(
            "delete from inflow.incident where connection_id = $1 and closed_at < now() - interval '90 days'",
            [.int64(connection.id)])
    }

    // MARK: looking

    /// An incident as people see it.
    public struct Shown: Sendable, Encodable {
        /// The incident's number in `inflow.incident`.
        public let id: Int64
        /// What kind of thing is wrong.
        public let kind: IncidentKind
        /// The entity of a stale table; empty for the whole connection.
        public let subject: String
        /// The particulars of this incident, in words, beside the fixed words of its kind.
        public let detail: String
        /// The run it was found by.
        public let run: Int64?
        /// When it was found, UTC.
        public let openedAt: Date?
        /// When it was found to be over, UTC; nil while it lasts.
        public let closedAt: Date?
    }

    /// What is open, and what was closed within the last 14 days; open first, then the newest.
    public func list() async throws(WarehouseError) -> [Shown] {
        try await warehouse.query(
            """
            select id, kind, subject, detail, run_id, opened_at, closed_at from inflow.incident
            where connection_id = $1 and (closed_at is null or closed_at > now() - interval '14 days')
            order by closed_at is not null, id desc
            """, [.int64(connection.id)], purpose: "alerts", doing: "listing incidents"
        ) { row throws(PostgresError) in
            try Shown(
                id: row.int64("id"), kind: row.word("kind", of: "inflow.incident.kind"), subject: row.text("subject"),
                detail: row.text("detail"), run: row.optionalInt64("run_id"), openedAt: row.optionalDate("opened_at"),
                closedAt: row.optionalDate("closed_at"))
        }
    }
}
