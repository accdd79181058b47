import Inflow
import Testing

@Suite("Coverage map")
struct CoverageMapTests {
    private func entry(_ entity: String, _ month: String?, _ status: CoverageMap.Status) throws -> CoverageMap.Entry {
        CoverageMap.Entry(
            entity: entity, month: try month.map { try #require(LocalDate($0)) }, status: status)
    }

    @Test("A month without an entry shows as never read, and no month between the first and the last is left out")
    func gap() throws {
        let map = CoverageMap(
            [
                try entry("invoice", "2025-11-01", .old), try entry("invoice", "2026-02-01", .fresh),
                try entry("job", "2026-01-01", .failed),
            ], catalogue: ["job", "invoice"])
        #expect(map.periods.map(\.description) == ["2025-11-01", "2025-12-01", "2026-01-01", "2026-02-01"])
        #expect(map.initials == "NDJF")
        #expect(map.rows.map { "\($0.entity) \($0.marks)" } == ["job ..x.", "invoice o..#"])
    }

    @Test("Each status has a mark of its own")
    func marks() throws {
        let months = ["2026-01-01", "2026-02-01", "2026-03-01", "2026-04-01", "2026-05-01"]
        let statuses: [CoverageMap.Status] = [.fresh, .old, .failed, .never, .partial]
        let map = CoverageMap(
            try zip(months, statuses).map { try entry("quote", $0, $1) }, catalogue: ["quote"])
        #expect(map.rows.first?.marks == "#ox.~")
    }

    @Test("A year stands above its first month, and only where its digits have room")
    func years() throws {
        func years(_ first: String, _ last: String) throws -> String {
            CoverageMap([try entry("job", first, .fresh), try entry("job", last, .fresh)], catalogue: ["job"]).years
        }
        #expect(try years("2025-07-01", "2026-03-01") == "2025  2026 ")
        #expect(try years("2025-11-01", "2026-03-01") == "2025 ")
        #expect(try years("2026-01-01", "2027-01-01") == "2026        2027 ")
    }

    @Test("A list without dates is not on the map, and an entity outside the catalogue stands last")
    func others() throws {
        let entries = [
            try entry("staff", nil, .fresh), try entry("renamed", "2026-01-01", .old),
            try entry("job", "2026-01-01", .fresh),
        ]
        let map = CoverageMap(entries, catalogue: ["staff", "job"])
        #expect(map.rows.map(\.entity) == ["job", "renamed"])
        let lists = CoverageMap([try entry("staff", nil, .fresh)], catalogue: ["staff"])
        #expect(lists.periods.isEmpty && lists.rows.isEmpty && lists.years.isEmpty && lists.initials.isEmpty)
    }

    @Test("A quarter or a year is complete only if each of its months is, also the months before the first on the map")
    func periods() throws {
        let months = ["2025-08-01", "2025-09-01", "2025-10-01", "2025-11-01", "2025-12-01", "2026-01-01"]
        let entries =
            try months.map { try entry("job", $0, .fresh) }
            + [try entry("quote", "2025-10-01", .fresh), try entry("quote", "2026-02-01", .failed)]
            + ["10", "11", "12"].map { try entry("lead", "2025-\($0)-01", $0 == "11" ? .old : .fresh) }
        let quarters = CoverageMap(entries, catalogue: ["job", "quote", "lead"], by: .quarter)
        #expect(quarters.periods.map(\.description) == ["2025-07-01", "2025-10-01", "2026-01-01"])
        #expect(quarters.initials == "341")
        #expect(quarters.rows.map(\.marks) == ["~#~", ".~x", ".o."])
        let years = CoverageMap(entries, catalogue: ["job", "quote", "lead"], by: .year)
        #expect(years.initials == "56" && years.years == "2025 ")
        #expect(years.rows.map(\.marks) == ["~~", "~x", "~."])
    }
}
