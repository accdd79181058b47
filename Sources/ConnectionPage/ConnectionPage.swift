public import Foundation
internal import HTTPTypes
public import Hummingbird
public import HummingbirdCore
public import Inflow
public import Logging
internal import NIOCore

/// The web application: what a person sees of Inflow and presses.
///
/// Pages are HTML that the server makes of templates, and work without scripts; what lives on a page comes by
/// server-sent events. The target knows no warehouse: each page reads through a small protocol (``PageServices``), which
/// the command implements. Rules that all folders keep:
///
/// - A page is a value with `register(_:)`, a template of the same name, and views: values of stored properties, since
///   templates read those only.
/// - Templates escape each value. Only a part that another template made, or ``DataRows``, stands in three braces.
/// - What changes something is a POST through ``PageRoutes``, which checks the session, the right, the form token and
///   where the form came from.
/// - A page says what happened and has the button that mends it; it asks no one to wait and reload.
public struct ConnectionPage {
    /// A route that needs no session and shows nothing of an organisation, such as `/healthz`.
    public struct OpenRoute: Sendable {
        let path: String
        let answer: @Sendable () async -> (status: Int, type: String, text: String)

        /// A route at a path, whose answer is text of a type.
        public init(
            _ path: String, answer: @escaping @Sendable () async -> (status: Int, type: String, text: String)
        ) {
            (self.path, self.answer) = (path, answer)
        }
    }

    private let router: Router<PageContext>

    /// The pages of a server; `version` is Inflow's, `now` the clock by which pages say how long ago something was.
    ///
    /// Without services it has the open routes only.
    public init(
        services: PageServices?, doors: Doors, version: String, open: [OpenRoute] = [], now: @escaping Now = { Date() }
    ) throws {
        let pages = try Pages(version: version)
        router = Router(context: PageContext.self)
        router.add(middleware: SecurityHeaders(isSecure: doors.isSecure))
        router.add(middleware: ProblemPages(pages: pages))
        for route in open {
            router.get(RouterPath(route.path)) { _, _ in
                let answer = await route.answer()
                return Response(
                    status: .init(code: answer.status), headers: [.contentType: answer.type],
                    body: ResponseBody(byteBuffer: ByteBuffer(string: answer.text)))
            }
        }
        guard let services else { return }
        let api = services.api.map { APIRoutes(services, $0, version: version, now: now) }
        // Before the check of names, so that what that refuses is a problem document too.
        if let api { router.add(middleware: APIProblems(routes: api.table)) }
        // What is added from here on is behind the check of names.
        router.add(middleware: HostCheck(doors: doors))
        AssetRoutes.register(router)
        let routes = PageRoutes(router: router, gate: Gate(entry: services.entry, doors: doors))
        api?.register(router, gate: routes.gate)
        EntryPages(entry: services.entry, pages: pages).register(routes)
        ConnectionsPage(services: services, pages: pages, now: now).register(routes)
        OverviewPage(services: services, pages: pages, now: now).register(routes)
        RunsPage(services: services, pages: pages).register(routes)
        BackfillPage(services: services, pages: pages).register(routes)
        CoveragePage(services: services, pages: pages, now: now).register(routes)
        DeletionsPage(services: services, pages: pages).register(routes)
        RejectionsPage(services: services, pages: pages).register(routes)
        FindingsPages(services: services, pages: pages).register(routes)
        RequestsPage(services: services, pages: pages).register(routes)
        NewConnectionPage(services: services, pages: pages, doors: doors).register(routes)
        SettingsPage(services: services, pages: pages, now: now).register(routes)
        AlertsPage(services: services, pages: pages).register(routes)
        CredentialsPage(services: services, pages: pages).register(routes)
        PeoplePages(services: services, pages: pages, now: now).register(routes)
        services.numbers.register(routes, pages, now: now)
    }

    /// The server as a service that listens at an address.
    ///
    /// Port 0 takes any free one; `onReady` gets the port once the server listens.
    public func application(
        server: HTTPServerBuilder = .http1(), address: String, port: Int, logger: Logger,
        onReady: @escaping @Sendable (_ port: Int) -> Void = { _ in }
    ) -> some ApplicationProtocol {
        Application(
            router: router, server: server,
            configuration: ApplicationConfiguration(address: .hostname(address, port: port), serverName: "inflow"),
            onServerRunning: { channel in onReady(channel.localAddress?.port ?? port) }, logger: logger)
    }
}
