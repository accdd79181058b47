import ConnectionPage
import Foundation
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Logging
import NIOSSL
import Warehouse

/// Where the page listens and who may reach it, as `inflow serve` was told.
struct PageServing: Sendable {
    /// What `inflow serve` was told.
    struct Options: Sendable {
        var address = "127.0.0.1"
        var port = 8765
        var hosts: [String] = []
        var proxies: [String] = []
        var certificate: String?
        var key: String?
        /// Whether only health and metrics are served.
        var isPlain = false
    }

    let options: Options
    let doors: Doors
    private let tls: TLSConfiguration?

    private static let loopback: Set<String> = ["127.0.0.1", "::1", "localhost"]

    /// Checks the options; throws a refusal in words.
    init(_ options: Options) throws {
        self.options = options
        guard (options.certificate == nil) == (options.key == nil) else {
            throw UserError(
                "Give both --tls-certificate and --tls-key, or neither. Inflow serves nothing.", exitCode: 64)
        }
        tls = try options.certificate.flatMap { certificate in
            try options.key.map { try Self.tls(certificate: certificate, key: $0) }
        }
        let isLocal = Self.loopback.contains(options.address)
        guard isLocal || options.isPlain || tls != nil || !options.proxies.isEmpty else {
            throw UserError(
                "On \(options.address) other machines could read what you send and sign in as you. Give "
                    + "--tls-certificate and --tls-key, or --behind-proxy ADDRESS for a proxy that speaks TLS, or "
                    + "--no-page for health and metrics only. Inflow serves nothing.", exitCode: 64)
        }
        doors = Doors(
            hosts: Doors.loopback.hosts.union(options.hosts).union(isLocal ? [] : [options.address]),
            isSecure: tls != nil || !options.proxies.isEmpty, proxies: Set(options.proxies))
    }

    private static func tls(certificate: String, key: String) throws -> TLSConfiguration {
        do {
            let chain = try NIOSSLCertificate.fromPEMFile(certificate).map { NIOSSLCertificateSource.certificate($0) }
            let key = try NIOSSLPrivateKey(file: key, format: .pem)
            return .makeServerConfiguration(certificateChain: chain, privateKey: .privateKey(key))
        } catch {
            throw UserError(
                "Inflow cannot read the certificate \"\(certificate)\" or its key as PEM files: \(error). It serves "
                    + "nothing.")
        }
    }

    /// How answers are sent: plainly, or over TLS.
    func server() throws -> HTTPServerBuilder {
        guard let tls else { return .http1() }
        return try .tls(.http1(), tlsConfiguration: tls)
    }

    /// The address of the page as a browser on this machine reaches it.
    func url(port: Int) -> String {
        let name = options.hosts.first ?? (options.address.contains(":") ? "[\(options.address)]" : options.address)
        return "\(tls == nil ? "http" : "https")://\(name == "0.0.0.0" ? "127.0.0.1" : name):\(port)"
    }
}

extension Wiring {
    /// The page, or only health and metrics, as a service.
    func page(
        _ serving: PageServing, fault: @escaping @Sendable () -> String?,
        onReady: @escaping @Sendable (Int) -> Void
    ) async throws -> any ApplicationProtocol {
        // The framework logs each start and stop, which does not help a reader of Inflow's log.
        var logger = self.logger
        logger.logLevel = max(logger.logLevel, .warning)
        let wiring = serving.options.isPlain ? self : await forPages()
        let readers = PageReaders(wiring: wiring)
        // Beside what follows: a page that comes first makes its own reader.
        if !serving.options.isPlain { Task { await readers.prepare() } }
        let runs = PageRuns(wiring: wiring)
        let services = PageServices(
            entry: PageEntry(warehouse: wiring.warehouse), connections: PageConnections(wiring: wiring),
            runs: runs,
            history: PageHistory(wiring: wiring), backfills: PageBackfills(wiring: wiring),
            completeness: PageCompleteness(wiring: wiring), setup: PageSetup(wiring: wiring, readers: readers),
            alerts: PageAlerts(wiring: wiring.vault), people: PagePeople(wiring: wiring),
            requests: PageRequests(wiring: wiring), numbers: NumberServices(readers),
            api: APIServices(
                entry: PageTokens(warehouse: wiring.warehouse), runs: runs, reports: PageReports(readers: readers),
                log: PageReadingLog(wiring: wiring)))
        let page = try ConnectionPage(
            services: serving.options.isPlain ? nil : services, doors: serving.doors, version: Version.text,
            open: HealthRoutes.all(wiring: self, fault: fault))
        return page.application(
            server: try serving.server(), address: serving.options.address, port: serving.options.port, logger: logger,
            onReady: onReady)
    }
}

extension Wiring {
    /// What pages ask the warehouse through: by the page's role, which can read no sealed secret.
    ///
    /// One pool for all pages; what a page asks for takes milliseconds. Where the server gives the page no role of its
    /// own, pages ask as Inflow does, and the log says so.
    private func forPages() async -> Wiring {
        let own = warehouse.pooled(SessionPool(most: 4))
        let role = PageLogin(warehouse)
        do {
            try await role.prepare()
        } catch  where !error.mayPass {
            logger.warning(
                "The page has no database role of its own and uses Inflow's, which may read the encrypted secrets",
                metadata: ["why": "\(error.message)"])
            return Wiring(settings: settings, warehouse: warehouse.pooled(SessionPool(most: 8)), logger: logger)
        } catch {
            // The warehouse is away for a moment: the first session makes up for it.
        }
        let asked = warehouse.asking(as: role).pooled(SessionPool(most: 8))
        return Wiring(settings: settings, warehouse: asked, logger: logger, own: own)
    }
}

extension NumberServices {
    /// The pages with numbers over readers.
    init(_ readers: PageReaders) {
        let figures = PageFigures(readers: readers)
        self.init(
            tables: PageTables(readers: readers), records: PageRecords(readers: readers),
            queries: PageQueries(readers: readers), savedQueries: PageSavedQueries(wiring: readers.wiring),
            log: PageReadingLog(wiring: readers.wiring),
            summaries: figures, charts: figures, settings: PageReportSettings(wiring: readers.wiring))
    }
}
