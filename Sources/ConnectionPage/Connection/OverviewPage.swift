internal import Foundation
internal import Hummingbird
internal import Inflow

/// The page of one connection: its schedule, its counts, what can be read now, and the newest run as it goes on.
struct OverviewPage: Sendable {
    let services: PageServices
    let pages: Pages
    let now: Now
    private let counts: SharedReading<NumberedConnection, RecordCounts>
    private let lives: SharedReading<LiveKey, [EventStream.Part]>

    /// What the living parts of a connection's page differ by.
    private struct LiveKey: Hashable {
        let name: String
        let mayOperate, mayAdminister: Bool
    }

    init(services: PageServices, pages: Pages, now: @escaping Now) {
        (self.services, self.pages, self.now) = (services, pages, now)
        let counts = SharedReading(age: .zero, rest: 50) { (connection: NumberedConnection) in
            try await services.connections.counts(of: connection.name)
        }
        self.counts = counts
        let overviews = SharedReading(age: .seconds(3)) { (connection: NumberedConnection) in
            let counted = try await counts.value(of: connection)
            return try await services.connections.overview(of: connection.name, counted: counted, now: now())
        }
        lives = SharedReading(age: .milliseconds(700)) { key in
            let live = try await services.runs.live(of: key.name)
            let overview = try await overviews.value(of: NumberedConnection(key.name, services.connections))
            let view = OverviewView(
                overview, now: now(), mayOperate: key.mayOperate, mayAdminister: key.mayAdminister)
            let run = LiveRunView(live, name: key.name, zone: overview.card.zone, mayCancel: key.mayOperate)
            return try [
                ("live", "live-run", run), ("banners", "banners", view), ("schedule-facts", "schedule-facts", view),
                ("counts", "counts", view),
            ].map { (id: String, template: String, content: Any) in
                EventStream.Part(id: id, html: try pages.part(template, content, formToken: Pages.anyFormToken))
            }
        }
    }

    private struct Content {
        let liveAddress: String
        let overview: OverviewView
        let from: String
        let to: String
        let banners: String
        let scheduleFacts: String
        let counts: String
        let live: String
        let checklist: ChecklistView?
    }

    func register(_ routes: PageRoutes) {
        routes.get("connections/:connection") { try await page($0) }
        routes.live("connections/:connection/live") { asked in try await live(try asked.named(), asked) }
        routes.post("connections/:connection/sync", .operate) { try await sync($0, $1) }
        routes.post("connections/:connection/seed", .operate) { asked, _ in
            let name = try asked.named()
            _ = try await services.runs.start(.seed, of: name, by: asked.doer)
            return .seeOther(Address.connection(name), .queued)
        }
        routes.post("connections/:connection/reconcile", .operate) { asked, _ in
            let name = try asked.named()
            _ = try await services.runs.start(.reconcile, of: name, by: asked.doer)
            return .seeOther(Address.connection(name), .queued)
        }
        routes.post("connections/:connection/cancel", .operate) { asked, _ in
            let name = try asked.named()
            guard try await services.runs.cancel(of: name, by: asked.doer) else {
                throw PageProblem(
                    .conflict, "No run goes on", "The run had ended before. Nothing was changed.",
                    remedy: .init("Back to the connection", Address.connection(name)))
            }
            return .seeOther(Address.connection(name), .cancelling)
        }
        routes.post("connections/:connection/schedule", .operate) { asked, form in
            try await change(
                .set(
                    isOn: form.isTicked("is_on"), time: form["time"], zone: form["zone"],
                    isPinned: form.isTicked("is_pinned")), .scheduled, asked)
        }
        routes.post("connections/:connection/pause", .operate) { asked, _ in try await change(.pause, .paused, asked) }
        routes.post("connections/:connection/resume", .operate) { asked, _ in try await change(.resume, .resumed, asked)
        }
        routes.post("connections/:connection/refresh-token", .administer) { asked, _ in
            let name = try asked.named()
            try await services.connections.refreshToken(of: name, by: asked.doer)
            return .seeOther(Address.connection(name), .refreshed)
        }
    }

    private func page(_ asked: PageRequest) async throws -> Response {
        let name = try asked.named()
        let counted = try await counts.value(of: NumberedConnection(name, services.connections))
        let overview = try await services.connections.overview(of: name, counted: counted, now: now())
        let live = try await services.runs.live(of: name)
        let view = view(overview, asked)
        let steps = try await services.setup.checklist(of: name)
        let content = Content(
            liveAddress: Address.connection(name) + "/live", overview: view,
            from: asked.question["from"] ?? "", to: asked.question["to"] ?? "",
            banners: try part("banners", view, asked), scheduleFacts: try part("schedule-facts", view, asked),
            counts: try part("counts", view, asked), live: try part("live-run", run(live, overview, asked), asked),
            checklist: ChecklistView(steps, name: name, mayOperate: asked.may(.operate)))
        return try pages.page("connection", title: name, content, for: asked, tab: .overview)
    }

    private func view(_ overview: ConnectionOverview, _ asked: PageRequest) -> OverviewView {
        OverviewView(
            overview, now: now(), mayOperate: asked.may(.operate), mayAdminister: asked.may(.administer))
    }

    private func run(_ live: LiveRun, _ overview: ConnectionOverview, _ asked: PageRequest) -> LiveRunView {
        LiveRunView(live, name: overview.card.name, zone: overview.card.zone, mayCancel: asked.may(.operate))
    }

    private func part(_ template: String, _ content: Any, _ asked: PageRequest) throws -> String {
        try pages.part(template, content, formToken: asked.visitor.formToken)
    }

    /// What the page shows, made anew while a browser looks at it; once for all browsers with the same rights.
    private func live(_ name: String, _ asked: PageRequest) async throws -> [EventStream.Part] {
        let key = LiveKey(name: name, mayOperate: asked.may(.operate), mayAdminister: asked.may(.administer))
        return try await lives.value(of: key).map {
            EventStream.Part(id: $0.id, html: Pages.signed($0.html, formToken: asked.visitor.formToken))
        }
    }

    private func sync(_ asked: PageRequest, _ form: Form) async throws -> Response {
        let name = try asked.named()
        var wanted = WantedRun.syncAll
        let entities = form.all("entity")
        if !entities.isEmpty {
            wanted = .targeted(entities: entities, first: try day(form, "from", name), last: try day(form, "to", name))
        }
        let notice: Notice =
            switch try await services.runs.start(wanted, of: name, by: asked.doer) {
            case .queued: .queued
            case .joined: .joined
            case .running: .runs
            }
        return .seeOther(Address.connection(name), notice)
    }

    private func day(_ form: Form, _ field: String, _ name: String) throws -> LocalDate? {
        guard let text = form[field] else { return nil }
        guard let day = LocalDate(text) else {
            throw PageProblem(
                .invalid, "\"\(text)\" is not a day", "Write it as in 2026-11-30. Inflow read nothing.",
                remedy: .init("Back to the connection", Address.connection(name)))
        }
        return day
    }

    private func change(_ change: ScheduleChange, _ notice: Notice, _ asked: PageRequest) async throws -> Response {
        let name = try asked.named()
        try await services.connections.change(change, of: name, by: asked.doer)
        return .seeOther(Address.connection(name), notice)
    }
}
