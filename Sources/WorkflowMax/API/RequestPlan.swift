internal import Foundation
internal import Inflow

/// The requests of a chunk, in order, decided before Inflow sends any.
enum RequestPlan: Sendable, Hashable {
    /// One list, page after page.
    case list(Endpoint, query: [RequestURL.Parameter])
    /// One list for its keys, then each record by key.
    case listThenEach(Endpoint, query: [RequestURL.Parameter], get: Endpoint)
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
        let list: (Endpoint, [RequestURL.Parameter])
        switch chunk {
        case .span(let window):
            guard case .span(let rule) = entity.window else { throw refused("its list takes no dates") }
            list = (entity.endpoint, RequestPlan.span(rule, first: window.from, last: window.last))
        case .since(let instant):
            guard let rule = entity.modified else { throw refused("its list has no filter for what changed") }
            var query = [RequestURL.Parameter(name: rule.parameter, value: RequestPlan.text(of: instant, for: rule))]
            if rule.needsSpan {
                guard case .span(let span) = entity.window else { throw refused("its list takes no dates") }
                let last = today.adding(months: 12)
                query += RequestPlan.span(span, first: min(settings.firstDate, last), last: last)
            }
            list = (entity.endpoint, query)
        case .sweep(let endpoint):
            list = (endpoint, [])
        case .whole:
            list = (try RequestPlan.whole(entity, settings: settings, refused: refused), [])
        case .parents(let keys):
            guard let get = entity.isPerParent ? entity.endpoint : entity.get else {
                throw refused("there is no call for one record")
            }
            self = .each(keys, get: get)
            return
        }
        guard entity.isReadEach else {
            self = .list(list.0, query: list.1)
            return
        }
        guard let get = entity.get else { throw refused("there is no call for one record") }
        self = .listThenEach(list.0, query: list.1, get: get)
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

    private static func span(_ rule: WindowRule.Span, first: LocalDate, last: LocalDate) -> [RequestURL.Parameter] {
        [.init(name: rule.from, value: first.compact), .init(name: rule.to, value: last.compact)]
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
