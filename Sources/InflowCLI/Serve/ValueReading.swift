import Foundation
import Inflow
import Logging
import Sync
import Synchronization
import Warehouse
import WorkflowMax

/// Reads values in the background while the daemon serves: what costs one call for each record, in order of worth.
///
/// It spends what the day leaves: the setting per-parent-percent of the day's calls, and never the quota's reserve. One
/// reading is a run of its own, of at most ten minutes, so that the log and the status follow. It gives way: when
/// another run of the connection begins or waits in the queue, it begins no further chunk, and a chunk is ten calls.
/// Several daemons do not read the same: a lock lets one read a connection's values.
final class ValueReading: Sendable {
    /// How it stands with a connection, in this process.
    private struct Rest {
        var until: Instant
        /// The newest other run when this rest began: a newer one may have brought records.
        var run: Int64?
        /// Readings in a row that failed.
        var failures = 0
    }

    private let wiring: Wiring
    private let logger: Logger
    private let now: Now
    private let rests = Mutex<[Int64: Rest]>([:])

    /// The longest a reading lasts, in seconds.
    private static let longest = 600.0

    init(wiring: Wiring, now: @escaping Now) {
        (self.wiring, self.now) = (wiring, now)
        logger = wiring.logger
    }

    /// Reads values of all connections that have calls and records left for it, each beside the others.
    func round() async throws {
        let connections = try await ConnectionStore(wiring.warehouse).list().readable
        // One connection's failure must not end the readings of the others.
        let failure = await withTaskGroup(of: (any Error)?.self) { group in
            for connection in connections where connection.pausedAt == nil && connection.removalBeganAt == nil {
                group.addTask {
                    do {
                        try await self.round(connection)
                        return nil
                    } catch {
                        self.rest(connection, nil, seconds: 60)
                        return error
                    }
                }
            }
            return await group.reduce(nil) { $0 ?? $1 }
        }
        if let failure { throw failure }
    }

    private func round(_ connection: Connection) async throws {
        let turn = try await RunTurn.of(connection, in: wiring.warehouse)
        guard !turn.isTaken, isDue(connection, turn) else { return }
        guard try await hasWork(connection) else { return rest(connection, turn, seconds: 60) }
        do {
            let report = try await read(connection)
            logger.notice(
                "values read",
                metadata: [
                    "connection": "\(connection.name)", "run": "\(report.run)", "outcome": "\(report.outcome.rawValue)",
                    "calls": "\(report.traffic.calls)",
                    "waiting": "\(report.entities.reduce(0) { $0 + $1.waiting })",
                ])
            rest(connection, turn, after: report)
        } catch let error as WarehouseError where error.code == .busy {
            // Another daemon reads them.
            rest(connection, turn, seconds: 60)
        } catch let error as SourceError {
            // A person must authorise the connection: the maintenance and the status say so.
            logger.debug("values not read", metadata: ["connection": "\(connection.name)", "why": "\(error)"])
            rest(connection, turn, seconds: 60)
        }
    }

    /// Whether a record waits, and a call may be made for it.
    private func hasWork(_ connection: Connection) async throws -> Bool {
        let entities = WorkflowMax.entities.values(connection.settings)
        let store = PerParentStore(wiring.warehouse, connection, known: WorkflowMax.entities)
        let spent = try await store.spent(WorkflowMax.entities)
        let budget = PerParentPlan.budget(
            connection.settings, spent: spent.own, spentInAll: spent.all, reader: .background)
        guard budget > 0, !entities.isEmpty else { return false }
        return try await store.backlogs(entities, limit: 0).contains { $0.due > 0 }
    }

    private func read(_ connection: Connection) async throws -> RunReport {
        let gate = Gate(until: now().addingTimeInterval(ValueReading.longest), now: now)
        let engine = try await wiring.engine(connection) { _ in }
        let watch = Task { [warehouse = wiring.warehouse] in
            while (try? await Task.sleep(for: .seconds(1))) != nil {
                // A warehouse that does not answer stops the reading itself.
                if let turn = try? await RunTurn.of(connection, in: warehouse), turn.isTaken { return gate.close() }
            }
        }
        defer { watch.cancel() }
        return try await engine.readValues(
            .values(WorkflowMax.entities, connection.settings), isStopping: { gate.isClosed })
    }

    // MARK: rests

    private func isDue(_ connection: Connection, _ turn: RunTurn) -> Bool {
        guard let rest = rests.withLock({ $0[connection.id] }) else { return true }
        return now() >= rest.until || rest.failures == 0 && rest.run != turn.newestRun
    }

    /// Notes a pause; without a `turn`, the failure of a reading that did not begin, which a newer run does not end.
    private func rest(_ connection: Connection, _ turn: RunTurn?, seconds: Double, failures: Int = 0) {
        let rest = Rest(
            until: now().addingTimeInterval(seconds), run: turn?.newestRun, failures: turn == nil ? 1 : failures)
        rests.withLock { $0[connection.id] = rest }
    }

    /// None after a reading that went well; after others a quarter of an hour and longer, up to six hours.
    private func rest(_ connection: Connection, _ turn: RunTurn, after report: RunReport) {
        guard !report.outcome.isSuccess else { return rest(connection, turn, seconds: 0) }
        let failures = (rests.withLock { $0[connection.id]?.failures } ?? 0) + 1
        let pause = 900 * Double(1 << min(failures - 1, 5))
        let resume = report.resumeAt.map { $0.timeIntervalSince(now()) } ?? 0
        rest(connection, turn, seconds: max(min(pause, 21_600), resume), failures: failures)
    }
}

/// Whether a reading is to end: closed by another run, or by the time.
private final class Gate: Sendable {
    private let isShut = Mutex(false)
    private let until: Instant
    private let now: Now

    init(until: Instant, now: @escaping Now) { (self.until, self.now) = (until, now) }

    var isClosed: Bool { isShut.withLock { $0 } || now() >= until }

    func close() { isShut.withLock { $0 = true } }
}
