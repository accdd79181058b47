import ConnectionPage
import Inflow
import Warehouse

/// The selects that people keep on the page of a connection.
struct PageSavedQueries: SavedQueryService {
    let wiring: Wiring

    func all(of name: String) async throws -> SavedQueryList {
        try await forPage {
            let connection = try await wiring.connection(name)
            return SavedQueryList(
                try await SavedQueryStore(wiring.warehouse, connection).list().map {
                    SavedQueryFacts(
                        number: $0.id, name: $0.name, sql: $0.query, savedBy: $0.savedBy, savedAt: $0.savedAt)
                }, zone: connection.settings.timeZone)
        }
    }

    func save(
        _ queryName: String, _ sql: String, replacing: Bool, of name: String, by doer: Doer
    ) async throws -> Int64 {
        try await forPage {
            let connection = try await wiring.connection(name)
            return try await SavedQueryStore(wiring.warehouse, connection).save(
                try pageName(queryName), sql, replacing: replacing, by: doer)
        }
    }

    func rename(_ number: Int64, to queryName: String, of name: String, by doer: Doer) async throws {
        try await forPage {
            let connection = try await wiring.connection(name)
            try await SavedQueryStore(wiring.warehouse, connection).rename(
                number, to: try pageName(queryName), by: doer)
        }
    }

    func remove(_ number: Int64, of name: String, by doer: Doer) async throws {
        try await forPage {
            let connection = try await wiring.connection(name)
            try await SavedQueryStore(wiring.warehouse, connection).remove(number, by: doer)
        }
    }
}
