import ConnectionPage
import Inflow
import Warehouse

/// The tables of schema `setting`, as the page shows and changes them.
struct PageReportSettings: ReportSettingService {
    let wiring: Wiring

    private func store(_ name: String) async throws -> SettingStore {
        SettingStore(wiring.warehouse, try await wiring.connection(name))
    }

    func rows(of table: SettingTable, of name: String) async throws -> [[String?]] {
        try await forPage { try await store(name).rows(of: table) }
    }

    func names(for table: SettingTable, of name: String) async throws -> [String] {
        try await forPage { try await store(name).names(for: table) }
    }

    func text(of table: SettingTable, of name: String) async throws -> String {
        try await forPage { try await store(name).text(of: table) }
    }

    func load(_ file: SettingFile, replacing: Bool, of name: String, by doer: Doer) async throws -> String {
        try await forPage {
            let change = try loaded(try await store(name).load(file, replacing: replacing, by: doer))
            return change.others == 0
                ? change.words : "\(change.words) \(change.others) rows that are not in the file stay."
        }
    }

    func save(_ row: SettingFile, of name: String, by doer: Doer) async throws {
        try await forPage { _ = try loaded(try await store(name).save(row, by: doer)) }
    }

    func remove(_ key: [String], of table: SettingTable, of name: String, by doer: Doer) async throws -> Bool {
        try await forPage { try await store(name).remove(key, of: table, by: doer) }
    }

    private func loaded(_ outcome: SettingStore.Outcome) throws -> SettingStore.Change {
        switch outcome {
        case .loaded(let change): return change
        case .refused(let faults): throw faults
        }
    }
}
