import Foundation
import Inflow
import Warehouse
import WorkflowMax

/// Keeps the tokens of all connections alive.
///
/// An unused refresh token expires, so Inflow refreshes a rarely read connection at half of that time. `inflow sync`
/// and the daemon call this.
struct TokenMaintenance: Sendable {
    let wiring: Wiring

    /// Refreshes the tokens that are due, of every connection.
    ///
    /// A failure becomes a warning in the result, and the next call tries again. Connections that wait for a consent
    /// are left alone.
    ///
    /// - Returns: warnings for a person.
    @discardableResult
    func keepAll(now: Instant = Date()) async -> [String] {
        let connections: [Connection]
        do {
            connections = try await ConnectionStore(wiring.warehouse).list().readable
        } catch {
            // No connection can be read while the warehouse is away; the caller's next step says so.
            return error.mayPass ? [] : ["Inflow refreshed no tokens. \(error.message)"]
        }
        var warnings: [String] = []
        for connection in connections {
            do {
                guard let warning = try await keep(connection, now) else { continue }
                warnings.append(warning)
            } catch let error as SourceError {
                warnings.append("Inflow could not refresh the tokens of \"\(connection.name)\". \(error.message)")
            } catch let error as WarehouseError {
                // No connection's tokens can be read while the warehouse is away; the caller's next step says so.
                if error.mayPass { return warnings }
                warnings.append("Inflow could not read or store the tokens of \"\(connection.name)\". \(error.message)")
            } catch {
                warnings.append("Inflow could not refresh the tokens of \"\(connection.name)\": \(error)")
            }
        }
        return warnings
    }

    /// Refreshes the tokens of a connection if they are due; returns a warning if they still expire soon.
    private func keep(_ connection: Connection, _ now: Instant) async throws -> String? {
        let status = try await TokenStatus.of(connection, in: wiring.warehouse)
        guard status.needsConsentAt == nil, let stored = status.stored, let life = status.life(connection) else {
            return nil
        }
        guard life.isDue(at: now) else { return nil }
        let zone = connection.settings.timeZone
        do {
            _ = try await wiring.source(connection).refreshTokens(past: stored.generation)
        } catch {
            guard let warning = life.warning(at: now, connection: connection.name, in: zone) else { throw error }
            return warning
        }
        return try await TokenStatus.of(connection, in: wiring.warehouse).life(connection)?
            .warning(at: now, connection: connection.name, in: zone)
    }
}
