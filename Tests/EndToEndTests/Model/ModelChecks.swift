import Curl
import Foundation
import Inflow
import Postgres
import Sync
import Warehouse
import WorkflowMax

/// What must hold between the tables and the sandbox's truth.
extension Model {
    /// A row of an entity's table.
    private struct Row {
        var isLive: Bool
        /// The day it is filed under, where the entity has days.
        var day: String?
        var values: [String: String]
    }

    // MARK: the run log

    /// The counts of each chunk close, those of entities and run are their sums, and nothing is left open.
    func expectClosed(_ report: RunReport) async throws {
        let sums = [
            "pulled", "inserted", "updated", "unchanged", "marked_deleted", "rejected", "duplicates", "older",
            "outside",
        ]
        .map { "coalesce(sum(\($0)), 0)" }.joined(separator: ", ")
        let row = try await session.query(
            """
            select r.status, r.finished_at is not null as is_finished,
                not exists (
                    select from inflow.chunk
                    where run_id = r.id and status = 'loaded'
                        and pulled <> inserted + updated + unchanged + older + rejected + duplicates + outside
                ) as closes,
                (select row(\(sums)) from inflow.chunk where run_id = r.id)
                    = (select row(\(sums)) from inflow.entity_run where run_id = r.id) as adds_up,
                not exists (select from inflow.entity_run where run_id = r.id and status = 'running') as is_ended
            from inflow.run r where id = $1
            """, [.int64(report.run)])[0]
        let isWell = try ["is_finished", "closes", "adds_up", "is_ended"].allSatisfy { try row.bool($0) }
        guard isWell, try row.text("status") == report.outcome.rawValue else {
            throw ModelFailure("the log of run \(report.run), which ended \(report.outcome), does not close")
        }
    }

    // MARK: invariants

    /// After a run that says it is well: each window it read holds exactly what the platform has there.
    mutating func expectRead(_ plan: RunPlan, _ words: String) async throws {
        let reads = Dictionary(grouping: plan.reads, by: \.entity.name).sorted { $0.key < $1.key }
        for (_, windows) in reads {
            guard let entity = windows.first?.entity else { continue }
            let rows = try await rows(of: entity)
            for window in windows.map(\.window) { try await expect(entity, rows, in: window, words) }
        }
    }

    /// The rows of a window, or of the whole list, are exactly those of the platform.
    private func expect(
        _ entity: EntityDefinition, _ rows: [String: Row], in window: Window?, _ words: String
    ) async throws {
        let truth = try await fixture.sandbox.rows(entity.name, in: window)
        // Lists leave drafts out; a run may have read them from elsewhere.
        for one in truth where !one.isDraft { try expect(one, entity, rows, words) }
        try await expectLines(of: truth.filter { !$0.isDraft }, entity, words)
        let keys = Set(truth.map(\.key))
        let live = rows.filter { _, row in
            row.isLive && row.values["state"] != "Draft" && row.values["status"] != "Draft"
                && (window.map { $0.holds(row.day) } ?? true)
        }
        // What waits to be looked for, or for the next sweep of open documents, is not called gone yet.
        let waiting = try await session.query(
            """
            select key from inflow.missing where entity = $1
            union select key from inflow.open_document where entity = $1
            """, [.text(entity.name)]
        ).compactMap { try $0["key"].string }
        if let key = Set(live.keys).subtracting(keys).subtracting(waiting).min() {
            let place = window?.description ?? "the list"
            throw ModelFailure("\(words): \(entity.name) \(key) is live, but not on the platform in \(place)")
        }
    }

    // MARK: sums

    /// Whatever happened: each sum that is kept and not marked is what the records come to.
    func expectSums(_ words: String) async throws {
        let wrong = try await KeptSums(fixture.warehouse, fixture.connection).wrong()
        if let first = wrong.first {
            throw ModelFailure("\(words): \(wrong.count) kept sums are wrong: \(first.kind) \(first.key) …")
        }
    }

    /// After they were computed: no sum waits to be, and there are some.
    func expectNothingDue() async throws {
        try await KeptSums(fixture.warehouse, fixture.connection).keep()
        try await expectSums("once all is computed")
        let row = try await session.query(
            """
            select exists (select from inflow.job_due) or exists (select from inflow.month_due) as is_due,
                exists (select from inflow.job_sum where minutes > 0) and exists (select from inflow.day_sum) as is_kept
            """)[0]
        if try row.bool("is_due") || !row.bool("is_kept") { throw ModelFailure("the sums were not computed") }
    }

    // MARK: claims

    /// The database's clock.
    func now() async throws -> Date {
        try await session.query("select clock_timestamp() as now")[0].require("now") { $0.date }
    }

    /// However the run ended: each month and each list that `report.is_complete` calls read whole since a moment after
    /// the last edit holds exactly what the platform has there.
    ///
    /// `lie` is the path of answers whose form does not tell that they are wrong; its entities are left out.
    mutating func expectClaims(since begun: Date, besides lie: String? = nil, _ words: String) async throws {
        for entity in Model.entities where !entity.isDerived {
            if let lie, "/\(entity.endpoint.path)".hasPrefix(lie) { continue }
            let claims = try await claims(entity, since: begun)
            guard !claims.isEmpty else { continue }
            let rows = try await rows(of: entity)
            for window in claims {
                try await expect(entity, rows, in: window, "\(words), \(window?.description ?? "the list") is complete")
            }
        }
    }

    /// The months of an entity that are called complete since a moment, joined where they touch; of a list one `nil`.
    private func claims(_ entity: EntityDefinition, since begun: Date) async throws -> [Window?] {
        let complete = try await session.query(
            """
            select m.month::date::text as month
            from generate_series($2::date - interval '15 months', $2::date + interval '13 months', interval '1 month')
                m (month)
            where report.is_complete($1::bigint, $3, m.month::date, (m.month + interval '1 month')::date - 1, $4)
            order by 1
            """,
            [
                .int64(fixture.connection.id), .text(InflowFixture.today.startOfMonth.description),
                .text(entity.name), .timestamp(begun),
            ]
        ).compactMap { try $0["month"].string.flatMap { LocalDate($0) } }
        guard entity.isDated else { return complete.isEmpty ? [] : [nil] }
        var windows: [Window?] = []
        for month in complete {
            let next = month.adding(months: 1)
            if let last = windows.last ?? nil, last.until == month {
                windows[windows.count - 1] = Window(from: last.from, until: next)
            } else {
                windows.append(Window(from: month, until: next))
            }
        }
        return windows
    }

    /// The keys of rows marked as deleted, with their entity before them.
    func marks() async throws -> Set<String> {
        let parts = Model.entities.map { entity in
            "select '\(entity.name) ' || \(entity.key[0]) as key from \(entity.table) where deleted_at is not null"
        }
        return Set(try await session.query(parts.joined(separator: " union all ")).compactMap { try $0["key"].string })
    }

    /// Whatever happened: no row that the platform has was marked as deleted by the run.
    func expectNothingWronglyMarked(since before: Set<String>, _ words: String) async throws {
        let marked = try await marks().subtracting(before)
        for (name, keys) in Dictionary(grouping: marked, by: { $0.split(separator: " ").first.map(String.init) ?? "" })
        {
            let there = Set(try await fixture.sandbox.truth(name, drafts: true).keys.map { "\(name) \($0)" })
            if let wrong = there.intersection(keys).min() {
                throw ModelFailure("\(words): \(wrong) was marked as deleted, but the platform has it")
            }
        }
    }

    /// At the end: every table holds the truth, and nothing that was ever loaded was thrown away.
    mutating func expectTruth() async throws {
        for entity in Model.entities {
            let rows = try await rows(of: entity)
            let live = Set(rows.filter(\.value.isLive).keys)
            let keys: Set<String>
            if entity.name == "job_status" {
                keys = Set(try await fixture.sandbox.truth(entity.name, drafts: true).keys)
            } else {
                let truth = try await fixture.sandbox.rows(entity.name)
                keys = Set(truth.map(\.key))
                for one in truth { try expect(one, entity, rows, "at the end") }
                try await expectLines(of: truth, entity, "at the end")
            }
            if let missing = keys.subtracting(live).min() {
                throw ModelFailure("at the end: \(entity.name) \(missing) is not live")
            }
            // A state that no job is in now may be one all the same: the platform does not list states.
            // What is noted as missing and could not be proved gone stays live, with a warning of each run.
            let noted = Set(
                try await session.query("select key from inflow.missing where entity = $1", [.text(entity.name)])
                    .compactMap { try $0["key"].string })
            if !entity.isDerived, let surplus = live.subtracting(keys).subtracting(noted).min() {
                throw ModelFailure(
                    "at the end: \(entity.name) \(surplus), day \(rows[surplus]?.day ?? "none"), is live, but not on the platform"
                )
            }
            if let lost = (known[entity.name] ?? []).subtracting(rows.keys).min() {
                throw ModelFailure("at the end: \(entity.name) \(lost) was thrown away")
            }
        }
    }

    // MARK: rows

    private mutating func rows(of entity: EntityDefinition) async throws -> [String: Row] {
        let columns = entity.columns.map { column in "\(column.asText) as \"\(column.name)\"" }
        let result = try await session.query(
            "select deleted_at is null as is_live, \(columns.joined(separator: ", ")) from \(entity.table)")
        var rows: [String: Row] = [:]
        for one in result {
            var row = try Row(isLive: one["is_live"].bool == true, values: [:])
            for column in entity.columns { row.values[column.name] = try one.read(column.name) { $0.string } }
            if case .span(let rule) = entity.window { row.day = row.values[rule.column].map { String($0.prefix(10)) } }
            rows[row.values[entity.key[0]] ?? ""] = row
        }
        known[entity.name, default: []].formUnion(rows.keys)
        return rows
    }

    /// The row is there, live, and has the values of the truth in all its columns.
    private func expect(
        _ truth: ExpectedRow, _ entity: EntityDefinition, _ rows: [String: Row], _ words: String
    ) throws {
        guard let row = rows[truth.key], row.isLive else {
            throw ModelFailure("\(words): \(entity.name) \(truth.key) is not live")
        }
        var fields: [String: String] = [:]
        for (path, text) in truth.fields { fields[path.lowercased()] = text }
        for column in entity.columns {
            let wanted = column.paths.lazy.compactMap { fields[$0.lowercased()] }.first { !$0.isEmpty }
            let held = row.values[column.name]
            guard column.reads(wanted) != column.reads(held) else { continue }
            throw ModelFailure(
                "\(words): \(column.name) of \(entity.name) \(truth.key) is \(held ?? "null"), not \(wanted ?? "null")")
        }
    }

    // MARK: lines

    /// Every row has as many lines as the truth says, and they add up to the same.
    private func expectLines(of truth: [ExpectedRow], _ entity: EntityDefinition, _ words: String) async throws {
        for child in entity.children {
            let name = child.table.split(separator: ".").last.map(String.init) ?? ""
            guard let parent = child.columns.first(where: { $0.kind == .parent })?.name else { continue }
            let added = child.columns.filter { [.decimal, .money, .integer, .minutes].contains($0.kind) }.map(\.name)
            let sums = added.map { "sum(\($0)) as \($0)" }
            let result = try await session.query(
                """
                select \(parent) as key, \((["count(*) as lines"] + sums).joined(separator: ", "))
                from \(child.table) group by 1
                """)
            var lines: [String: PostgresResult.Row] = [:]
            for one in result { lines[try one.text("key")] = one }
            for row in truth {
                guard let wanted = row.lines[name] else { throw ModelFailure("the truth does not tell \(name)") }
                let held = lines[row.key]
                let count = try held?.int("lines") ?? 0
                if count != wanted.count {
                    throw ModelFailure(
                        "\(words): \(row.key) has \(count) rows of \(name), not \(wanted.count)"
                    )
                }
                for column in added where wanted.sums[column] != nil {
                    let sum = try held?[column]
                    guard sum?.decimal != wanted.sums[column].flatMap({ Decimal(string: $0) }) else {
                        continue
                    }
                    throw ModelFailure(
                        "\(words): \(column) of \(name) of \(row.key) adds up to \(sum?.string ?? "null"), "
                            + "not \(wanted.sums[column] ?? "")")
                }
            }
        }
    }
}

extension Column {
    /// The column in SQL as a text that can be compared with the platform's.
    fileprivate var asText: String {
        switch kind {
        case .instant: "to_char(\(name) at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS')"
        case .moment: "to_char(\(name), 'YYYY-MM-DD\"T\"HH24:MI:SS')"
        default: "\(name)::text"
        }
    }

    /// What a text of the platform or of the table says, in one spelling.
    fileprivate func reads(_ text: String?) -> String? {
        guard let text else { return nil }
        switch kind {
        case .decimal, .money, .integer, .minutes: return Decimal(string: text).map { "\($0)" }
        case .boolean: return ["true", "yes"].contains(text.lowercased()) ? "yes" : "no"
        case .date: return String(text.prefix(10))
        case .moment, .instant: return String(text.prefix(19))
        case .clock: return String(text.prefix(5))
        default: return text.trimmingCharacters(in: .whitespacesAndNewlines)
        }
    }
}

extension Window {
    /// Whether a day as `yyyy-MM-dd` lies in it.
    fileprivate func holds(_ day: String?) -> Bool {
        guard let day = day.flatMap({ LocalDate($0) }) else { return false }
        return from <= day && day < until
    }
}
