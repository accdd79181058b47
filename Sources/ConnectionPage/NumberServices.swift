internal import Inflow

/// What the pages with numbers read: tables, records, queries, summaries and charts of one connection, as its reader.
public struct NumberServices: Sendable {
    /// Tables and views.
    public var tables: any TableService
    /// Single records.
    public var records: any RecordService
    /// Selects that a person wrote.
    public var queries: any QueryService
    /// Where selects are saved.
    public var savedQueries: any SavedQueryService
    /// Where it is noted what people read out.
    public var log: any ReadingLog
    /// Hours and amounts.
    public var summaries: any SummaryService
    /// Charts.
    public var charts: any ChartService
    /// What people keep for reports.
    public var settings: any ReportSettingService

    /// The services of the pages with numbers.
    public init(
        tables: any TableService, records: any RecordService, queries: any QueryService,
        savedQueries: any SavedQueryService, log: any ReadingLog, summaries: any SummaryService,
        charts: any ChartService, settings: any ReportSettingService
    ) {
        (self.tables, self.records, self.queries) = (tables, records, queries)
        (self.savedQueries, self.log, self.summaries, self.charts) = (savedQueries, log, summaries, charts)
        self.settings = settings
    }

    func register(_ routes: PageRoutes, _ pages: Pages, now: @escaping Now) {
        TablesPage(tables: tables, log: log, pages: pages).register(routes)
        RecordsPage(records: records, pages: pages).register(routes)
        QueryPage(queries: queries, saved: savedQueries, log: log, pages: pages).register(routes)
        SummariesPage(summaries: summaries, log: log, pages: pages, now: now).register(routes)
        ReportSettingsPage(settings: settings, log: log, pages: pages).register(routes)
        ChartsPage(charts: charts, log: log, pages: pages, now: now).register(routes)
    }
}
