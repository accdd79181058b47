import ArgumentParser
import Foundation
import Inflow
import Postgres
import Warehouse
import WorkflowMax

extension CompletionKind {
    /// The names of entities.
    static var entities: CompletionKind { .list(WorkflowMax.entities.map(\.name)) }

    /// The names of the reports that every warehouse of this version has.
    static var reports: CompletionKind {
        .list(ReportHeader.all.keys.filter { $0.hasPrefix("report.") }.map { String($0.dropFirst(7)) }.sorted())
    }

    /// The names of connections, which the shell asks the command for.
    static var connections: CompletionKind {
        .custom { @Sendable (_: [String], _: Int, _: String) async -> [String] in await connectionNames() }
    }

    /// The connections of the warehouse; none where it cannot be asked at once.
    ///
    /// A person who presses the tabulator wants no message and no server started.
    private static func connectionNames() async -> [String] {
        guard let settings = try? await Settings.load() else { return [] }
        var url = settings.databaseURL
        if url == nil, FileManager.default.fileExists(atPath: Wiring.cluster(settings).folder) {
            guard case .running? = try? await Wiring.cluster(settings).status() else { return [] }
            url = try? Wiring.cluster(settings).url(database: "inflow")
        }
        guard let url, let statuses = try? await ConnectionStatusReader(Warehouse(url: url)).all(now: Date()) else {
            return []
        }
        return statuses.map(\.name)
    }
}
