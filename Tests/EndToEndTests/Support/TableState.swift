import Postgres
import Inflow
import TestSupport
import Testing

/// What the tables hold, told in short: to see whether they are the same, or were written at all.
extension InflowFixture {
    /// Where every row of an entity's tables lies and which transaction wrote it: differs after any write at all.
    func places(of entity: EntityDefinition) async throws -> [String: String] {
        var places: [String: String] = [:]
        for table in entity.tables {
            places[table] =
                try await query(
                    "select md5(string_agg(ctid::text || ' ' || xmin::text, ',' order by ctid)) as places from \(table)"
                )[0]["places"].string ?? ""
        }
        return places
    }

    /// How many rows were ever written in an entity's tables, by PostgreSQL's own counters, rolled-back ones included.
    func writes(of entity: EntityDefinition) async throws -> [String: Int] {
        // A session's counters are complete when the session is gone.
        try await eventually("the end of all other sessions") {
            try await number(
                """
                select count(*) from pg_stat_activity
                where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()
                """) == 0
        }
        var writes: [String: Int] = [:]
        for table in entity.tables {
            writes[table] = try await number(
                """
                select n_tup_ins + n_tup_upd + n_tup_del
                from (select pg_stat_force_next_flush(), pg_stat_clear_snapshot()) f, pg_stat_user_tables
                where relid = '\(table)'::regclass
                """)
        }
        return writes
    }

    /// What all tables of records hold, without what says which run wrote it and when.
    func contents() async throws -> [String: String] {
        let tables = try await query("select tablename as name from pg_tables where schemaname = 'wfm' order by 1")
        var contents: [String: String] = [:]
        for name in try tables.compactMap({ try $0["name"].string }) {
            let row = try await query(
                """
                select count(*) || ' rows ' || coalesce(md5(string_agg(r, '' order by r)), '') as digest
                from (
                    select md5((to_jsonb(t)
                        - '{connection_id,first_run_id,changed_run_id,changed_at,asked_at}'::text[])::text) as r
                    from wfm.\(name) t
                ) rows
                """)[0]
            contents[name] = try row["digest"].string
        }
        return contents
    }
}

extension EntityDefinition {
    /// Its own table and its lines'.
    var tables: [String] { [table] + children.map(\.table) }
}

// MARK: truth

extension InflowFixture {
    /// An entity's tables hold exactly what the sandbox says: rows, lines, sums of money and minutes, and keys.
    func expectTruth(
        _ entity: EntityDefinition, withKeys: Bool = true, drafts: Bool = false, _ comment: Comment = ""
    ) async throws {
        let truth = try await sandbox.truth(entity.name, drafts: drafts)
        // A small firm may have no value of a kind.
        try #require(truth.count > 0 || entity.isPerParent, "the sandbox holds no \(entity.name)")
        #expect(try await count(entity.table) == truth.count, "\(entity.table) \(comment)")
        #expect(Set(truth.children.keys) == Set(entity.children.map { $0.table.shortName }), comment)
        for child in entity.children {
            #expect(
                try await count(child.table) == truth.children[child.table.shortName], "\(child.table) \(comment)")
        }
        for (name, sum) in truth.sums {
            let parts = name.split(separator: ".")
            let isSame = try await query(
                "select coalesce(sum(\(parts[1])), 0) as loaded, coalesce(sum(\(parts[1])), 0) = $1 as same "
                    + "from wfm.\(parts[0])", [.text(sum)])[0]
            #expect(
                try isSame["same"].bool == true, "\(name) is not \(sum) \(comment)")
        }
        // Payments have no identifier, and costs are told by their own.
        guard withKeys, entity.name != "invoice_payment" else { return }
        let key =
            !entity.isPerParent
            ? entity.key[0]
            : entity.name == "job_cost" ? "uuid" : "concat_ws('/', \(entity.key.joined(separator: ", ")))"
        let keys = try await query("select \(key) as key from \(entity.table)").compactMap {
            try $0["key"].string
        }
        #expect(Set(keys) == Set(truth.keys), "keys of \(entity.table) \(comment)")
    }
}

extension String {
    /// A table's name without its schema.
    fileprivate var shortName: String { split(separator: ".").last.map(String.init) ?? self }
}
