public import Foundation

/// What the sandbox plays: where it listens, which organisation it makes up, and how strictly it behaves.
public struct SandboxConfiguration: Sendable {
    /// The address to listen on.
    public var host = "127.0.0.1"
    /// The port to listen on; 0 takes any free one, which `onReady` receives.
    public var port = 0
    /// The seed of the organisation: the same seed, scale, day and spelling give the same bytes.
    public var seed: UInt64 = 1
    /// Multiplies staff, clients, jobs and what hangs on them; from 0.001 to 100.
    public var scale = 1.0
    /// How many months before `today` the organisation's first day lies.
    public var months = 36
    /// Each person books time on one day in this many, so that an organisation over years may have few entries.
    public var worksOneDayIn = 1
    /// The local day the organisation's months end on.
    public var today = LocalDay.today
    /// The organisations an access token is good for; each has an organisation of its own (seed, seed + 1, …).
    public var accountIDs = ["0f0e0d0c-0b0a-4908-8706-050403020100"]
    /// Whether all organisations are one in what they hold, changes included; each has limits of its own.
    ///
    /// A thousand organisations then need as little memory as one.
    public var sharesRows = false
    /// Whether access tokens name the organisations (`org_names`), which the platform's documents do not promise.
    public var namesOrganisations = false
    /// The only application known.
    public var clientID = "sandbox-client"
    /// The client secret that the token endpoint accepts.
    public var clientSecret = "sandbox-secret"
    /// A refresh token that is good for one use from the start.
    public var refreshToken = "sandbox-refresh-token"
    /// Takes refresh tokens of earlier runs of the sandbox, once each, instead of calling them reused.
    public var acceptsUnknownRefreshTokens = false
    /// Life of an access token in seconds.
    public var accessTokenSeconds = 1800
    /// Life of a refresh token in seconds.
    public var refreshTokenSeconds = 60 * 86_400
    /// Seconds for which a rotated refresh token is good again while its successor is unused; 0 is never, as the
    /// platform.
    public var graceSeconds = 0
    /// Whether a rotated refresh token brings the same pair again in that time, instead of another.
    public var graceRepeats = false
    /// The limits of calls.
    public var limits = SandboxLimits()
    /// The spellings of the bodies.
    public var spelling = SandboxSpelling()
    /// Keeps every rendered body by path and query until the next edit; for benchmarks.
    public var cacheBodies = false
    /// Answers an unknown identifier with 200 and `Status` ERROR instead of 404.
    public var unknownIsStatusError = false
    /// Answers an unknown identifier with one fixed text that does not name it.
    public var unknownIsUnnamed = false
    /// The most days, both ends counted, that a window may have before it is refused with 400; 0 for no such limit.
    public var longestWindowDays = 0
    /// The most rows of a page, whatever `pagesize` asks for; 0 for no such limit.
    ///
    /// The answer's `PageSize` says so.
    public var longestPage = 0
    /// Refuses windows longer than one year with 400.
    public var refusesLongWindows = false
    /// Filters `job.api/list` on `StartDate` instead of the creation date.
    public var jobsByStartDate = false
    /// Lets `list` hold drafts too.
    public var listsDrafts = false
    /// Cuts `client`, `job` and `purchaseorder` lists at the default page size even when the request names no page.
    public var pagesUnasked = true
    /// Lets `job.api/current` ignore `page`, as one live client reports.
    public var currentJobsIgnorePages = false
    /// Answers the consent page with `access_denied`.
    public var refusesConsent = false
    /// Makes about one row in a hundred odd: references to nothing, nasty text, strange minutes.
    public var oddities = true
    /// Writes an illegal control character by reference into a handful of notes (not well-formed XML 1.0).
    public var illegalCharacters = true
    /// The most calls the log keeps; older ones are dropped.
    public var logCapacity = 100_000
    /// The clock for tokens, limits and the log.
    public var now: @Sendable () -> Date = { Date() }
    /// The shape of an evenly spread bench organisation, if this is one.
    var bench: BenchShape?

    /// Makes the default configuration.
    public init() {}

    /// A few dozen records over fourteen months, without limits or illegal characters: for many runs.
    public static func tiny(seed: UInt64 = 1) -> SandboxConfiguration {
        var configuration = SandboxConfiguration()
        configuration.seed = seed
        configuration.scale = 0.01
        configuration.months = 14
        configuration.worksOneDayIn = 40
        configuration.illegalCharacters = false
        configuration.limits = .off
        return configuration
    }

    /// Records spread evenly over the calendar months ending with the current one, without limits, bodies cached.
    ///
    /// Every invoice has exactly three lines (two tasks, one cost) and every job exactly five tasks; there are no
    /// drafts, no oddities and no illegal characters. `scale` multiplies the three counts.
    public static func bench(
        timeEntries: Int = 200_000, invoices: Int = 20_000, jobs: Int = 10_000, months: Int = 36, scale: Double = 1
    ) -> SandboxConfiguration {
        var configuration = SandboxConfiguration()
        func scaled(_ count: Int) -> Int { max(1, Int((Double(count) * scale).rounded())) }
        configuration.bench = BenchShape(
            timeEntries: scaled(timeEntries), invoices: scaled(invoices), jobs: scaled(jobs), months: max(1, months))
        configuration.limits = .off
        configuration.cacheBodies = true
        configuration.oddities = false
        configuration.illegalCharacters = false
        return configuration
    }
}

/// The counts of a bench organisation.
struct BenchShape: Sendable, Hashable {
    var timeEntries: Int
    var invoices: Int
    var jobs: Int
    var months: Int
}
