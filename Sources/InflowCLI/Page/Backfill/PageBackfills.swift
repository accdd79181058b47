import ConnectionPage
import Foundation
import Inflow
import Warehouse
import WorkflowMax

/// Backfills as the page plans, starts and pauses them: through the queue.
struct PageBackfills: BackfillService {
    let wiring: Wiring

    func form(of name: String) async throws -> BackfillForm {
        try await forPage {
            let connection = try await wiring.connection(name)
            let settings = connection.settings
            return BackfillForm(
                zone: settings.timeZone,
                entities: WorkflowMax.entities.filter { $0.isDated && !$0.isPerParent }.map(\.name),
                firstDay: settings.firstDate, today: LocalDate(Date(), in: settings.timeZone))
        }
    }

    func preview(_ wish: BackfillWish, of name: String) async throws -> BackfillPreview {
        try await forPage {
            let connection = try await wiring.connection(name)
            let state = try await SyncStateStore(wiring.warehouse, connection).read()
            let plan = try plan(wish, connection, state)
            let cost = plan.estimate(
                sizes: state.spanSizes, state: state, connection.settings, reserve: connection.settings.quotaReserve)
            return BackfillPreview(
                chunks: plan.chunks.map { chunk in
                    BackfillPreview.Chunk(
                        days: chunk.description, entities: chunk.parts.map(\.entity.name).joined(separator: ", "))
                }, skipped: plan.skipped, calls: cost.calls, minutes: cost.minutes, percentOfDay: cost.percentOfDay,
                left: cost.left, days: cost.days)
        }
    }

    func state(of name: String) async throws -> BackfillState? {
        try await forPage {
            let connection = try await wiring.connection(name)
            guard let last = try await wiring.queue.lastBackfill(of: connection) else { return nil }
            let wish = BackfillWish(entities: last.entities, first: last.first, last: last.last, size: last.size)
            let state = try await SyncStateStore(wiring.warehouse, connection).read()
            let plan = try plan(wish, connection, state)
            let all = plan.chunks.count + plan.skipped
            var live: LiveRun?
            if let run = last.run { live = try await PageRuns(wiring: wiring).live(run: run, of: connection) }
            let phase: BackfillState.Phase =
                switch last.state {
                case .queued: .waiting
                case .running: last.isStopping ? .stopping : .running
                case .done:
                    if plan.chunks.isEmpty { .done } else { last.outcome == .interrupted ? .paused : .ended }
                }
            return BackfillState(wish: wish, phase: phase, held: plan.skipped, all: all, run: live)
        }
    }

    func start(_ wish: BackfillWish, of name: String, by doer: Doer) async throws {
        try await forPage {
            let connection = try await wiring.connection(name)
            let state = try await SyncStateStore(wiring.warehouse, connection).read()
            guard try !plan(wish, connection, state).chunks.isEmpty else {
                throw PageProblem(
                    .conflict, "There is nothing to read", "The tables hold all of these days already.",
                    remedy: .init("Backfill", "/connections/\(name.pathPart)/backfill"))
            }
            try connection.checkReadable()
            try await wiring.checkConsent(connection)
            let request = SyncRequest(
                .backfill(entities: wish.entities, first: wish.first, last: wish.last, by: wish.size), askedAt: Date())
            guard case .queued = try await wiring.queue.ask(request, of: connection) else {
                throw PageProblem(
                    .conflict, "A backfill of this connection goes on already",
                    "Nothing was added. Pause it first, or wait for its end.",
                    remedy: .init("Backfill", "/connections/\(name.pathPart)/backfill"))
            }
            try await wiring.audit(.backfillStarted, by: doer, connection, subject: request.words)
        }
    }

    func pause(of name: String, by doer: Doer) async throws {
        try await forPage {
            let connection = try await wiring.connection(name)
            let who = "\(doer.actor.name) on the page"
            guard let last = try await wiring.queue.lastBackfill(of: connection), last.state != .done else {
                throw nothingGoesOn(name)
            }
            if try await wiring.queue.withdraw(last.request, by: who) {
                return try await wiring.audit(.backfillPaused, by: doer, connection)
            }
            guard let run = last.run,
                case .asked = try await RunLog(wiring.warehouse).cancel(run: run, of: nil, by: who)
            else { throw nothingGoesOn(name) }
            try await wiring.audit(.backfillPaused, by: doer, connection, subject: "run \(run)")
        }
    }

    private func nothingGoesOn(_ name: String) -> PageProblem {
        PageProblem(
            .conflict, "No backfill goes on", "It had ended before. Nothing was changed.",
            remedy: .init("Backfill", "/connections/\(name.pathPart)/backfill"))
    }

    private func plan(
        _ wish: BackfillWish, _ connection: Connection, _ state: SyncState
    ) throws -> BackfillPlan {
        try BackfillPlan(
            wish.entities.count == 0 ? [] : try findEntities(wish.entities), of: WorkflowMax.entities, from: wish.first,
            to: wish.last, by: wish.size, again: false, state: state,
            today: LocalDate(Date(), in: connection.settings.timeZone))
    }
}
