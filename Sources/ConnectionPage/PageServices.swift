/// What the pages read and do, each by a small protocol that the command implements.
public struct PageServices: Sendable {
    /// The way in.
    public var entry: any EntryService
    /// Connections.
    public var connections: any ConnectionService
    /// Runs.
    public var runs: any RunService
    /// Runs that have been.
    public var history: any RunHistoryService
    /// Backfills.
    public var backfills: any BackfillService
    /// What is complete and what is not.
    public var completeness: any CompletenessService
    /// Connections added, authorised, set and removed.
    public var setup: any SetupService
    /// Channels of alerts.
    public var alerts: any AlertService
    /// Users and the audit log.
    public var people: any PeopleService
    /// Raw answers of the platform.
    public var requests: any RequestService
    /// The pages with numbers.
    public var numbers: NumberServices
    /// The API for programs; `nil` where there is none.
    public var api: APIServices?

    /// The services of a server.
    public init(
        entry: any EntryService, connections: any ConnectionService, runs: any RunService,
        history: any RunHistoryService, backfills: any BackfillService, completeness: any CompletenessService,
        setup: any SetupService, alerts: any AlertService, people: any PeopleService, requests: any RequestService,
        numbers: NumberServices, api: APIServices? = nil
    ) {
        (self.entry, self.connections, self.runs) = (entry, connections, runs)
        (self.history, self.backfills, self.completeness) = (history, backfills, completeness)
        (self.setup, self.alerts, self.people) = (setup, alerts, people)
        (self.requests, self.numbers, self.api) = (requests, numbers, api)
    }
}
