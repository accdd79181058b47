import Foundation
import Inflow
import Warehouse
import WorkflowMax

/// Keeps the tokens of all connections alive: what whatever runs Inflow does beside its work.
///
/// An idle refresh token dies; a connection that is rarely read is therefore refreshed at half of that time. Called by
/// `inflow sync`, and by anything that runs for long.
struct TokenMaintenance: Sendable {
    let wiring: Wiring

    /// Refreshes the tokens of every connection that are due, and tells what a person should know.
    ///
    /// Never fails: what could not be done is told as a warning, and done the next time. Connections that wait for a consent
    /// are left alone.
    @discardableResult
    func keepAll(now: Instant = Date()) async -> [String] {
        guard let connections = try? await ConnectionStore(wiring.warehouse).list() else { return [] }
        var warnings: [String] = []
        for connection in connections {
            do {
                guard let warning = try await keep(connection, now) else { continue }
                warnings.append(warning)
            } catch let error as SourceError {
                warnings.append("The tokens of \"\(connection.name)\" could not be refreshed. \(error.message)")
            } catch let error as WarehouseError {
                warnings.append("The tokens of \"\(connection.name)\" could not be looked after. \(error.message)")
            } catch {
                warnings.append("The tokens of \"\(connection.name)\" could not be looked after.")
            }
        }
        return warnings
    }

    /// Refreshes the tokens of a connection if they are due; a warning if they are near their end all the same.
    private func keep(_ connection: Connection, _ now: Instant) async throws -> String? {
        let status = try await TokenStatus.of(connection, in: wiring.warehouse)
        guard status.needsConsentAt == nil, let stored = status.stored, let life = status.life(connection) else {
            return nil
        }
        guard life.isDue(at: now) else { return nil }
        do {
            _ = try await wiring.source(connection).refreshTokens(past: stored.generation)
        } catch {
            guard let warning = life.warning(at: now, connection: connection.name) else { throw error }
            return warning
        }
        return try await TokenStatus.of(connection, in: wiring.warehouse).life(connection)?
            .warning(at: now, connection: connection.name)
    }
}
