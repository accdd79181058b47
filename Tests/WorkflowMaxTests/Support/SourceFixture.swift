import Curl
import Foundation
import Inflow
import Logging
import TestSupport
import Warehouse

@testable import WorkflowMax

/// Secrets that no text may ever hold.
enum Secret {
    static let access = "access-token-AAAA"
    static let fresh = "access-token-BBBB"
    static let refresh = "refresh-token-CCCC"
    static let freshRefresh = "refresh-token-DDDD"
    static let client = "client-secret-EEEE"
    static let all = [access, fresh, refresh, freshRefresh, client]
}

/// Tokens in memory.
actor MemoryVault: TokenVault {
    private(set) var stored: StoredToken?
    private var isBusy = false
    private var waiters: [CheckedContinuation<Void, Never>] = []

    init(_ stored: StoredToken?) {
        self.stored = stored
    }

    func current() -> StoredToken? { stored }

    func replace(
        generation: Int64, by exchange: @Sendable (TokenPair) async throws(SourceError) -> TokenPair
    ) async throws(SourceError) -> StoredToken {
        while isBusy { await withCheckedContinuation { waiters.append($0) } }
        isBusy = true
        defer {
            isBusy = false
            for waiter in waiters { waiter.resume() }
            waiters = []
        }
        guard let stored else { throw SourceError(.tokenStore, subject: "vault", message: "Nothing is stored.") }
        guard stored.generation == generation else { return stored }
        let fresh = StoredToken(pair: try await exchange(stored.pair), generation: generation + 1)
        self.stored = fresh
        return fresh
    }
}

/// A source that talks to a scripted server, with the ledger of calls that ships.
///
/// Without `limits` nothing is limited, so the ledger asks no warehouse; with them the test needs a database.
struct SourceFixture {
    static let noon = Instant(timeIntervalSince1970: 1_795_262_400)  // 2026-11-21 12:00 UTC

    let server: ScriptedServer
    let source: WorkflowMax
    let vault: MemoryVault
    let budget: SharedQuotaLedger
    let clock: TestClock
    let connection: Connection
    let transfer: Transfer

    init(
        accessEndsIn life: Double = 1_800, jobStatusList: Bool = false, limits: SharedQuota.Limits? = nil,
        _ script: @escaping @Sendable (ScriptedServer.Request, Int) -> ScriptedServer.Answer
    ) throws {
        server = try ScriptedServer(script)
        var settings = ConnectionSettings(
            accountID: "org-1", clientID: "client-1", timeZone: .gmt,
            firstDate: LocalDate(daysSinceEpoch: LocalDate.days(year: 2017, month: 1, day: 1)))
        settings.apiURL = server.url
        settings.tokenURL = server.url + "/oauth/token"
        settings.jobStatusList = jobStatusList
        connection = Connection(id: 1, name: "acme", settings: settings)
        vault = MemoryVault(
            StoredToken(
                pair: TokenPair(
                    access: Secret.access, refresh: Secret.refresh,
                    accessExpiresAt: SourceFixture.noon.addingTimeInterval(life),
                    issuedAt: SourceFixture.noon.addingTimeInterval(life - 1_800)),
                generation: 7))
        clock = TestClock()
        (settings.callsAtOnce, settings.callsPerMinute, settings.callsPerDay) =
            limits.map { ($0.atOnce, $0.perMinute, $0.perDay) } ?? (0, 0, 0)
        let warehouse = Warehouse(url: limits == nil ? "" : try TestDatabase.current.url)
        // The clock of a test jumps, and the database's does not: where calls are limited both must go alike.
        budget =
            limits == nil
            ? SharedQuotaLedger(warehouse, platform: WorkflowMax.platform, settings, clock: clock)
            : SharedQuotaLedger(warehouse, platform: WorkflowMax.platform, settings)
        transfer = Transfer(configuration: CurlConfiguration())
        source = WorkflowMax(
            connection: connection, credentials: ClientCredentials(id: "client-1", secret: Secret.client),
            vault: vault, quota: budget, transfer: transfer, now: { SourceFixture.noon }, logger: Logger(label: "test"))
    }

    /// Reads a whole chunk.
    func read(_ entity: EntityDefinition, _ chunk: Chunk) async throws(SourceError) -> Pulled {
        var pulled = Pulled()
        for try await batch in source.records(of: entity, in: chunk) { pulled.take(batch) }
        return pulled
    }

    /// Reads a whole chunk that cannot be read, and returns why.
    func failure(_ entity: EntityDefinition, _ chunk: Chunk) async -> SourceError? {
        do throws(SourceError) {
            _ = try await read(entity, chunk)
            return nil
        } catch {
            return error
        }
    }

    func stop() async {
        await budget.close()
        server.stop()
        await transfer.shutdown()
    }
}

/// What came of a chunk.
struct Pulled {
    var keys: [String] = []
    var ordinals: [Int32] = []
    /// Records of each answer that held some, in order.
    var answers: [Int] = []
    private var lastOrdinal: Int?
    var traffic = Traffic()
    var unreadable: [Batch.Unreadable] = []
    var (replaced, lost) = (0, 0)
    var doubts: [String] = []

    mutating func take(_ batch: Batch) {
        replaced += batch.replacedCharacters
        lost += batch.lostCharacters
        doubts += batch.answer.doubts
        for index in 0..<batch.count {
            keys.append(batch[index].text(at: "UUID") ?? batch[index].text(at: "name") ?? "")
        }
        ordinals += batch.ordinals
        if batch.count > 0 {
            if batch.answer.firstOrdinal == lastOrdinal {
                answers[answers.count - 1] += batch.count
            } else {
                answers.append(batch.count)
            }
            lastOrdinal = batch.answer.firstOrdinal
        }
        traffic += batch.answer.traffic
        unreadable += batch.unreadable
    }
}

/// Bodies as the platform writes them.
enum Body {
    static func clients(_ range: Range<Int>, page: Int? = nil, size: Int = 100, total: Int? = nil) -> String {
        let head = total.map {
            "<Page>\(page ?? 1)</Page><PageSize>\(size)</PageSize><TotalRecords>\($0)</TotalRecords>"
        }
        return (head ?? "") + "<Clients>" + range.map { "<Client><UUID>c\($0)</UUID></Client>" }.joined() + "</Clients>"
    }

    static func costs(_ range: Range<Int>) -> String {
        "<Records>\(range.count)</Records><Costs>" + range.map { "<Cost><UUID>k\($0)</UUID></Cost>" }.joined()
            + "</Costs>"
    }

    static func error(_ words: String) -> String {
        "<Response><Status>ERROR</Status><ErrorDescription>\(words)</ErrorDescription></Response>"
    }

    static func categories(_ names: String...) -> String {
        "<Categories>" + names.map { "<Category><UUID>\($0)</UUID></Category>" }.joined() + "</Categories>"
    }

    static let tokens = """
        {"access_token":"\(Secret.fresh)","expires_in":1800,"token_type":"Bearer",
        "refresh_token":"\(Secret.freshRefresh)"}
        """
}
