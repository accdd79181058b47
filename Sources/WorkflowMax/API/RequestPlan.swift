internal import Foundation
internal import Inflow

/// The requests of a chunk, in order, decided before Inflow sends any.
enum RequestPlan: Sendable, Hashable {
    /// One list after the other of the same endpoint, each page after page.
    ///
    /// More than one where the span that is asked for is longer than the platform answers in one call.
    case list(Endpoint, queries: [[RequestURL.Parameter]])
    /// The lists for their keys, then each record by key.
    case listThenEach(Endpoint, queries: [[RequestURL.Parameter]], get: Endpoint)
    /// Each record by key.
    case each([String], get: Endpoint)

    /// The plan of a chunk.
    ///
    /// `today` is a day in the connection's zone. Throws `badConfiguration` when the entity has no request of that kind.
    init(
        _ chunk: Chunk, of entity: EntityDefinition, settings: ConnectionSettings, today: LocalDate
    ) throws(SourceError) {
        func refused(_ why: String) -> SourceError {
            SourceError(
                .badConfiguration, subject: "\(entity.name), \(chunk)",
                message: "WorkflowMax cannot be asked for \(entity.name) like this: \(why).")
        }
        let list: (Endpoint, [[RequestURL.Parameter]])
        switch chunk {
        case .span(let window):
            guard case .span(let rule) = entity.window else { throw refused("its list takes no dates") }
            list = (entity.endpoint, RequestPlan.spans(rule, window))
        case .since(let instant):
            guard let rule = entity.modified else { throw refused("its list has no filter for what changed") }
            let query = [RequestURL.Parameter(name: rule.parameter, value: RequestPlan.text(of: instant, for: rule))]
            guard rule.needsSpan else {
                list = (entity.endpoint, [query])
                break
            }
            // The months ahead are read whole by every run that asks for what changed.
            let last = today.startOfMonth.adding(months: 1).adding(days: -1)
            guard case .span(let span) = entity.window,
                let window = Window(first: min(settings.firstDate, last), last: last)
            else { throw refused("its list takes no dates") }
            list = (entity.endpoint, RequestPlan.spans(span, window).map { query + $0 })
        case .sweep(let endpoint):
            self = .list(endpoint, queries: [[]])
            return
        case .whole:
            list = (try RequestPlan.whole(entity, settings: settings, refused: refused), [[]])
        case .parents(let keys):
            guard let get = entity.isPerParent ? entity.endpoint : entity.get else {
                throw refused("there is no call for one record")
            }
            self = .each(keys, get: get)
            return
        }
        guard entity.isReadEach else {
            self = .list(list.0, queries: list.1)
            return
        }
        guard let get = entity.get else { throw refused("there is no call for one record") }
        self = .listThenEach(list.0, queries: list.1, get: get)
    }

    private static func whole(
        _ entity: EntityDefinition, settings: ConnectionSettings, refused: (String) -> SourceError
    ) throws(SourceError) -> Endpoint {
        if settings.jobStatusList, let alternative = entity.alternative { return alternative }
        switch entity.window {
        case .whole: return entity.endpoint
        case .span: throw refused("its list needs dates")
        case .perParent: throw refused("it is read by the keys of other records")
        case .derived: throw refused("it is derived from other records, unless the setting job-status-list is yes")
        }
    }

    /// The first and last days of a window, cut where it is longer than a year: the longest span that the platform is
    /// known to answer (reference §2.4).
    private static func spans(_ rule: WindowRule.Span, _ window: Window) -> [[RequestURL.Parameter]] {
        window.chunks(by: .year).map { part in
            [.init(name: rule.from, value: part.from.compact), .init(name: rule.to, value: part.last.compact)]
        }
    }

    /// The instant in UTC; `modifiedsinceutc` takes whole days, so its day begins it: more is read, nothing is missed.
    ///
    /// Source: API V1, `client.api/list`, `job.api/list`; reference §2.4.
    private static func text(of instant: Instant, for rule: ModifiedRule) -> String {
        let day = LocalDate(instant, in: .gmt)
        guard rule.parameter != "modifiedsinceutc" else { return "\(day)T00:00:00" }
        let seconds = Int(instant.timeIntervalSince1970.rounded(.down)) - day.daysSinceEpoch * 86_400
        let parts = [seconds / 3_600, seconds / 60 % 60, seconds % 60]
        return "\(day)T" + parts.map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
    }
}
