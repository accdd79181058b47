import ConnectionPage
import Foundation
import Inflow
import Warehouse
import WorkflowMax

/// What is complete and what is not, from the same readers as the commands.
struct PageCompleteness: CompletenessService {
    let wiring: Wiring

    func coverage(of name: String) async throws -> CoverageFacts {
        try await forPage {
            let connection = try await wiring.connection(name)
            let months = try await RowCounts(wiring.warehouse, connection).coverage()
            let missing = try await MissingRows(wiring.warehouse, connection).list(all: false)
            let counts = Dictionary(grouping: missing) { "\($0.entity) \($0.datedOn?.prefix(7) ?? "")" }
                .mapValues(\.count)
            return CoverageFacts(
                zone: connection.settings.timeZone, catalogue: WorkflowMax.entities.map(\.name),
                cells: months.map { row in
                    let month = row.monthOn.flatMap { LocalDate($0) }
                    let isRead = row.verifiedAt != nil
                    return CoverageFacts.Cell(
                        entity: row.entity, month: month, status: row.status, verifiedAt: row.verifiedAt,
                        sent: isRead ? row.rowsSent : nil, held: isRead ? row.rowsHeld : nil,
                        rejected: isRead ? row.rowsRejected : nil,
                        missing: counts["\(row.entity) \(row.monthOn?.prefix(7) ?? "")"],
                        reason: row.error ?? row.reason)
                })
        }
    }

    func deletions(of name: String) async throws -> [HeldDeletion] {
        try await forPage {
            let connection = try await wiring.connection(name)
            var rows = try await MissingRows(wiring.warehouse, connection).list(all: true)
            let labels = RecordLabels(wiring.warehouse, connection)
            for entity in WorkflowMax.entities {
                let places = rows.indices.filter { rows[$0].entity == entity.name }
                guard !places.isEmpty else { continue }
                let known = try await labels.of(entity, keys: places.map { rows[$0].key })
                for place in places { rows[place].label = known[rows[place].key] }
            }
            return rows.map { row in
                HeldDeletion(
                    id: row.id, entity: row.entity, key: row.key, label: row.label ?? "", status: row.status,
                    day: row.datedOn, run: row.run, why: row.reason ?? row.answer)
            }
        }
    }

    func decide(approving: Bool, _ ids: [Int64], of name: String, by doer: Doer) async throws {
        try await forPage {
            let connection = try await wiring.connection(name)
            let decided = try await MissingRows(wiring.warehouse, connection).decide(
                approving: approving, entity: nil, ids: ids)
            guard !decided.isEmpty else {
                throw PageProblem(
                    .conflict, "These rows wait no more",
                    "Someone decided about them, or WorkflowMax lists them again. Nothing was changed.",
                    remedy: .init("Held deletions", "/connections/\(name.pathPart)/deletions"))
            }
            let words = decided.map { "\($0.entity) \($0.rows)" }.joined(separator: ", ")
            try await wiring.audit(
                approving ? .deletionsApproved : .deletionsRejected, by: doer, connection, subject: words)
            if approving { try await ask(.deletions, connection) }
        }
    }

    func reconsider(_ ids: [Int64], of name: String, by doer: Doer) async throws -> Int {
        try await forPage {
            let connection = try await wiring.connection(name)
            let rows = try await MissingRows(wiring.warehouse, connection).reconsider(ids: ids)
            if rows > 0 {
                try await wiring.audit(.decisionUndone, by: doer, connection, subject: "\(rows) deletions")
            }
            return rows
        }
    }

    func rejections(of name: String, all: Bool, limit: Int) async throws -> RejectionFacts {
        try await forPage {
            let connection = try await wiring.connection(name)
            let rejections = Rejections(wiring.warehouse, connection)
            let groups = try await rejections.groups()
            return RejectionFacts(
                zone: connection.settings.timeZone,
                groups: groups.map { group in
                    let words = Rejection.Reason(rawValue: group.reason)?.words ?? group.reason
                    return "\(group.entity): \(Console.grouped(group.count)) open, \(group.column): \(words)"
                }, open: groups.reduce(0) { $0 + $1.count },
                entries: try await rejections.list(all: all, limit: limit).map { one in
                    RejectionFacts.Entry(
                        id: one.id, status: one.status, entity: one.entity, key: one.key, label: one.label ?? "",
                        column: "\(one.table).\(one.column)", raw: String(one.raw.prefix(200)),
                        words: one.words + (one.isOfValue ? "; the record is loaded without it" : ""),
                        timesSeen: one.timesSeen, lastRun: one.lastRun, lastSeenAt: one.lastSeenAt)
                })
        }
    }

    func retry(_ ids: [Int64], of name: String, by doer: Doer) async throws {
        try await forPage {
            let connection = try await wiring.connection(name)
            try connection.checkReadable()
            try await wiring.checkConsent(connection)
            let retry = try await RejectionRetry.make(ids, wiring, connection)
            guard !retry.tried.isEmpty || !retry.others.isEmpty else {
                throw PageProblem(
                    .conflict, "None of these is open", "Inflow read nothing.",
                    remedy: .init("Rejections", "/connections/\(name.pathPart)/rejections"))
            }
            try await wiring.audit(.rejectionsRetried, by: doer, connection, subject: Self.words(ids))
            if !retry.tried.isEmpty { try await ask(.retry(retry.tried), connection) }
            // What has no call by key comes with its list: one request for each list and its days.
            var lists: Set<SyncRequest.Kind> = []
            for one in retry.others {
                lists.insert(
                    .targeted(
                        entities: [one.entity], first: one.firstDay.flatMap { LocalDate($0) },
                        last: one.lastDay.flatMap { LocalDate($0) }))
            }
            for list in lists { try await ask(list, connection) }
        }
    }

    func dismiss(_ ids: [Int64], of name: String, by doer: Doer) async throws {
        try await forPage {
            let connection = try await wiring.connection(name)
            let dismissed = try await Rejections(wiring.warehouse, connection).dismiss(ids)
            try await wiring.audit(.rejectionsDismissed, by: doer, connection, subject: Self.words(dismissed))
        }
    }

    func reopen(_ ids: [Int64], of name: String, by doer: Doer) async throws {
        try await forPage {
            let connection = try await wiring.connection(name)
            let opened = try await Rejections(wiring.warehouse, connection).reopen(ids)
            try await wiring.audit(
                .decisionUndone, by: doer, connection, subject: "rejections \(Self.words(opened))")
        }
    }

    func quality(of name: String, limit: Int) async throws -> QualityFacts {
        try await forPage {
            let connection = try await wiring.connection(name)
            let found = try await DataFindings(wiring.warehouse, connection).contradictions(limit: limit)
            let kinds = found.map { kind in
                QualityKind(
                    kind: kind.kind, count: kind.count, causes: kind.causes,
                    first: kind.first.map { one in
                        let more = one.difference.map { " Difference: \($0)." } ?? ""
                        let label = one.label.map { "\($0): " } ?? ""
                        let words =
                            one.count > 1
                            ? "\(one.words) \(Console.grouped(one.count)) records." : "\(label)\(one.words)\(more)"
                        return QualityKind.Finding(
                            entity: one.entity, key: one.count > 1 ? "" : one.key, words: words)
                    })
            }
            return QualityFacts(zone: connection.settings.timeZone, kinds: kinds)
        }
    }

    func drift(of name: String) async throws -> [UnknownElement] {
        try await forPage {
            let connection = try await wiring.connection(name)
            let zone = connection.settings.timeZone
            return try await DataFindings(wiring.warehouse, connection).drift().map { one in
                UnknownElement(
                    table: one.table, path: one.path, example: one.example, firstSeen: one.firstSeenAt.text(in: zone),
                    lastSeen: one.lastSeenAt.text(in: zone))
            }
        }
    }

    private static func words(_ ids: [Int64]) -> String { ids.map(String.init).joined(separator: ", ") }

    private func ask(_ kind: SyncRequest.Kind, _ connection: Connection) async throws {
        _ = try await wiring.queue.ask(SyncRequest(kind, askedAt: Date()), of: connection)
    }
}
