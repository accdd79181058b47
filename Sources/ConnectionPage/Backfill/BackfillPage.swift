internal import Foundation
internal import Hummingbird
internal import Inflow

/// History: a start is picked, the plan and its cost are shown, then it is read, paused and continued.
struct BackfillPage: Sendable {
    let services: PageServices
    let pages: Pages
    private let states: SharedReading<String, BackfillState?>

    init(services: PageServices, pages: Pages) {
        (self.services, self.pages) = (services, pages)
        states = SharedReading(age: .milliseconds(700)) { try await services.backfills.state(of: $0) }
    }

    private struct Content {
        let address: String
        let liveAddress: String
        let zone: String
        let first: String
        let last: String
        let sizes: [Choice]
        let entities: [Choice]
        let preview: Preview?
        let state: String
        let mayOperate: Bool
    }

    private struct Choice {
        let value: String
        let words: String
        let isChosen: Bool
    }

    private struct Preview {
        let chunks: [BackfillPreview.Chunk]
        let hasChunks: Bool
        let facts: [Fact]
        let isTooMuch: Bool
    }

    private struct Fact {
        let name: String
        let value: String
    }

    /// How the newest backfill stands, as its template sees it.
    private struct StateView {
        let hasState: Bool
        let days: String
        let words: String
        let tone: String
        let held: Int
        let all: Int
        let canPause: Bool
        let canContinue: Bool
        let address: String
        let run: LiveRunView?
        let hasRun: Bool
        let runPart: String
        let wish: [Field]
    }

    private struct Field {
        let name: String
        let value: String
    }

    func register(_ routes: PageRoutes) {
        routes.get("connections/:connection/backfill") { try await page($0) }
        routes.live("connections/:connection/backfill/live") { asked in
            let name = try asked.named()
            let zone = try await services.backfills.form(of: name).zone
            let state = try await states.value(of: name)
            return [EventStream.Part(id: "backfill-state", html: try part(state, zone, asked))]
        }
        routes.post("connections/:connection/backfill/start", .operate) { asked, form in
            let name = try asked.named()
            guard let wish = try wish(form, name) else {
                throw PageProblem(
                    .invalid, "There is no first day", "Pick the day with which the history begins. Nothing was read.",
                    remedy: .init("Backfill", Address.connection(name) + "/backfill"))
            }
            try await services.backfills.start(wish, of: name, by: asked.doer)
            return .seeOther(Address.connection(name) + "/backfill", .queued)
        }
        routes.post("connections/:connection/backfill/pause", .operate) { asked, _ in
            let name = try asked.named()
            try await services.backfills.pause(of: name, by: asked.doer)
            return .seeOther(Address.connection(name) + "/backfill", .stopped)
        }
    }

    private func page(_ asked: PageRequest) async throws -> Response {
        let name = try asked.named()
        let form = try await services.backfills.form(of: name)
        let wish = try wish(asked.question, name)
        let preview =
            if let wish { try await services.backfills.preview(wish, of: name) } else { BackfillPreview?.none }
        let state = try await services.backfills.state(of: name)
        let address = Address.connection(name) + "/backfill"
        let content = Content(
            address: address, liveAddress: address + "/live", zone: form.zone.identifier,
            first: "\(wish?.first ?? form.firstDay)", last: wish?.last.map { "\($0)" } ?? "",
            sizes: BackfillPlan.Size.allCases.map {
                Choice(value: $0.rawValue, words: "one \($0.rawValue)", isChosen: $0 == wish?.size ?? .quarter)
            },
            entities: form.entities.map { entity in
                Choice(
                    value: entity, words: EntityWords.plural(entity),
                    isChosen: wish.map { $0.entities.isEmpty || $0.entities.contains(entity) } ?? true)
            },
            preview: preview.map { view($0) }, state: try part(state, form.zone, asked), mayOperate: asked.may(.operate)
        )
        return try pages.page("backfill", title: "\(name): backfill", content, for: asked, tab: .backfill)
    }

    private func view(_ preview: BackfillPreview) -> Preview {
        var facts = [
            Fact(name: "Chunks", value: "\(preview.chunks.count) to read, \(preview.skipped) held already"),
            Fact(name: "Calls", value: "about \(NumberText.grouped(preview.calls))"),
        ]
        if let minutes = preview.minutes {
            facts.append(
                Fact(
                    name: "Time",
                    value: "about \(NumberText.duration(Double(minutes) * 60)) at the limit of calls a minute"))
        }
        if let percent = preview.percentOfDay {
            facts.append(Fact(name: "Share of a day's calls", value: "\(percent) %"))
        }
        if let left = preview.left {
            let words =
                left >= 0
                ? "\(NumberText.grouped(left)) calls for tonight's run"
                : "it needs \(NumberText.grouped(-left)) calls more than today has, and takes \(preview.days) days; each day's reserve stays for the scheduled run"
            facts.append(Fact(name: "Leaves", value: words))
        }
        return Preview(
            chunks: preview.chunks, hasChunks: !preview.chunks.isEmpty, facts: facts, isTooMuch: (preview.left ?? 0) < 0
        )
    }

    private func part(_ state: BackfillState?, _ zone: TimeZone, _ asked: PageRequest) throws -> String {
        let name = try asked.named()
        let address = Address.connection(name) + "/backfill"
        let phase = state?.phase
        let run = state?.run.map { LiveRunView($0, name: name, zone: zone, mayCancel: false) }
        let view = StateView(
            hasState: state != nil, days: state.map { days($0.wish) } ?? "", words: phase.map(words) ?? "",
            tone: phase.map { tone($0).rawValue } ?? "", held: state?.held ?? 0, all: max(1, state?.all ?? 1),
            canPause: asked.may(.operate) && (phase == .running || phase == .waiting),
            canContinue: asked.may(.operate) && phase?.canGoOn == true, address: address, run: run,
            hasRun: run != nil,
            runPart: try run.map { try pages.part("live-run", $0, formToken: asked.visitor.formToken) } ?? "",
            wish: state.map { fields($0.wish) } ?? [])
        return try pages.part("backfill-state", view, formToken: asked.visitor.formToken)
    }

    private func days(_ wish: BackfillWish) -> String {
        let what =
            wish.entities.isEmpty
            ? "all entities with dates" : wish.entities.map { EntityWords.plural($0) }.joined(separator: ", ")
        return "From \(wish.first)" + (wish.last.map { " to \($0)" } ?? " until now") + ", \(what)"
    }

    private func fields(_ wish: BackfillWish) -> [Field] {
        [Field(name: "first", value: "\(wish.first)"), Field(name: "size", value: wish.size.rawValue)]
            + (wish.last.map { [Field(name: "last", value: "\($0)")] } ?? [])
            + wish.entities.map { Field(name: "entity", value: $0) }
    }

    private func wish(_ form: Form, _ name: String) throws -> BackfillWish? {
        guard let first = form["first"] else { return nil }
        func day(_ text: String) throws -> LocalDate {
            guard let day = LocalDate(text) else {
                throw PageProblem(
                    .invalid, "\"\(text)\" is not a day", "Write it as in 2024-07-01. Nothing was read.",
                    remedy: .init("Backfill", Address.connection(name) + "/backfill"))
            }
            return day
        }
        return BackfillWish(
            entities: form.all("entity"), first: try day(first), last: try form["last"].map { try day($0) },
            size: form["size"].flatMap { BackfillPlan.Size(rawValue: $0) } ?? .quarter)
    }

    private func words(_ phase: BackfillState.Phase) -> String {
        switch phase {
        case .waiting: "Waits for a worker"
        case .running: "Reading"
        case .stopping: "Stopping after the chunk under way"
        case .paused: "Paused"
        case .done: "Everything is read"
        case .ended: "Ended; something was not read"
        }
    }

    private func tone(_ phase: BackfillState.Phase) -> Tone {
        switch phase {
        case .waiting, .running, .stopping: .busy
        case .paused, .ended: .warn
        case .done: .good
        }
    }
}
