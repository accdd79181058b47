import ArgumentParser
import Foundation
import Inflow
import NIOCore
import Synchronization
import Warehouse
import WorkflowMax

/// `inflow authorise`: a person gives consent in a browser, and Inflow stores the tokens.
struct AuthoriseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "authorise", abstract: "Authorise a connection in the browser.",
        discussion: """
            Inflow prints the address of the consent page, opens it if this machine has a display, and waits for the \
            browser to come back. If the browser runs on another machine, use --paste: Inflow then asks for the \
            address that the browser was sent to; that address need not show a page. The redirect address must be \
            registered with the application, character for character.
            """
                + "\n\n"
                + examples(
                    "inflow authorise acme",
                    "inflow authorise acme --paste"))

    /// The port that the browser comes back to unless the person chooses another.
    static let standardPort = 8932

    @Argument(help: "Name of the connection.", completion: .connections) var name: String
    @Option(help: "Id of the organisation, if the consent covers several.") var organisation: String?
    @Option(help: "Redirect address (default: the setting redirect-url, or else this machine).")
    var redirectUrl: String?
    @Option(help: "Port to listen on at 127.0.0.1; 0 takes any free one (default 8932).") var port: Int?
    @Flag(help: "Do not listen; ask for the address that the browser was sent to.") var paste = false
    @Flag(inversion: .prefixedNo, help: "Open the browser if this machine has a display.") var browser = true
    @Option(help: "File with the client secret, if it changed or the key file is lost.")
    var clientSecretFile: String?

    func run() async throws {
        try await reporting {
            let wiring = try await Wiring.ready()
            let store = ConnectionStore(wiring.warehouse)
            let connection = try await store.find(name)
            let redirect = try self.redirect(connection)
            let box = try await wiring.secretBox(replacingLostKey: clientSecretFile != nil)
            let newSecret = try clientSecretFile.map { try readSecret($0, "client secret") }
            let flow = { @Sendable (url: String) in
                ConsentFlow(
                    wiring: wiring, connection: connection, box: box,
                    request: ConsentRequest(connection, redirectURL: url), wanted: organisation, newSecret: newSecret,
                    isInteractive: isatty(STDIN_FILENO) == 1)
            }
            let words =
                try await paste
                ? pasted(flow(redirect ?? ownAddress(port ?? Self.standardPort)))
                : interruptible {
                    try await listened(redirect, flow)
                }
            try await wiring.audit(.connectionAuthorised, by: .command, connection)
            Console.print(words)
        }
    }

    /// The redirect address of the option or the setting; `nil` means the listener's own.
    private func redirect(_ connection: Connection) throws -> String? {
        guard let redirectUrl else {
            return connection.settings.redirectURL.isEmpty ? nil : connection.settings.redirectURL
        }
        var settings = connection.settings
        try settings.set("redirect-url", redirectUrl)
        return settings.redirectURL.isEmpty ? nil : settings.redirectURL
    }

    private func ownAddress(_ port: Int) -> String { "http://127.0.0.1:\(port)/callback" }

    // MARK: with a listener

    private func listened(
        _ redirect: String?, _ flow: @escaping @Sendable (String) -> ConsentFlow
    ) async throws -> String {
        let url = redirect.flatMap { URL(string: $0) }
        let isOwn = url == nil || url?.host == "127.0.0.1" || url?.host == "localhost"
        let listener = RedirectListener(
            port: port ?? (isOwn ? url?.port : nil) ?? Self.standardPort,
            path: url.map { $0.path.isEmpty ? "/" : $0.path } ?? "/callback")
        let current = Mutex<ConsentFlow?>(nil)
        let outcome = Mutex<Result<ConsentFlow.Step, any Error>?>(nil)
        do {
            try await listener.run(
                onReady: { port in
                    let flow = flow(redirect ?? ownAddress(port))
                    current.withLock { $0 = flow }
                    show(
                        flow.request, waiting: "Waiting for the browser on 127.0.0.1:\(port). Press Ctrl-C to give up.")
                },
                // Too early an answer is told so by the page of the answer.
                isOurs: { address in current.withLock { $0?.request.isAnswered(by: address) ?? true } },
                answer: { address in
                    guard let flow = current.withLock({ $0 }) else {
                        return RedirectPage(
                            title: "Too early", text: "Inflow is not ready yet. Load this page again.", isFault: true)
                    }
                    let result: Result<ConsentFlow.Step, any Error>
                    do { result = .success(try await flow.finish(address)) } catch { result = .failure(error) }
                    outcome.withLock { $0 = result }
                    return page(result)
                })
        } catch let error as IOError {
            throw UserError(
                "Inflow cannot listen on 127.0.0.1:\(listener.port) (\(error)). Nothing was changed. Choose another "
                    + "port that is registered with the application (--port), or use --paste.")
        }
        guard let flow = current.withLock({ $0 }), let result = outcome.withLock({ $0 }) else {
            throw CancellationError()
        }
        switch try result.get() {
        case .done(let words): return words
        case .choose(let pair, let organisations): return try await flow.ask(pair, organisations)
        }
    }

    private func page(_ result: Result<ConsentFlow.Step, any Error>) -> RedirectPage {
        switch result {
        case .success(.done(let words)):
            RedirectPage(title: "Authorised", text: words + " You can close this page.")
        case .success(.choose):
            RedirectPage(
                title: "One question left", text: "Continue in the terminal: Inflow asks for the organisation.")
        case .failure(let error): RedirectPage(title: "Not authorised", text: userMessage(error), isFault: true)
        }
    }

    /// The message that the browser shows for an error.
    private func userMessage(_ error: any Error) -> String {
        switch error {
        case let error as SourceError: error.message
        case let error as WarehouseError: error.message
        case let error as UserError: error.description
        default: "An error occurred. The terminal shows it."
        }
    }

    // MARK: by hand

    private func pasted(_ flow: ConsentFlow) async throws -> String {
        show(
            flow.request,
            waiting: "When the browser has reached \(flow.request.redirectURL), paste its whole address here:")
        guard let line = readLine(), !line.trimmed.isEmpty else {
            throw UserError("You pasted no address. Nothing was changed.", exitCode: 64)
        }
        switch try await flow.finish(line) {
        case .done(let words): return words
        case .choose(let pair, let organisations): return try await flow.ask(pair, organisations)
        }
    }

    private func show(_ request: ConsentRequest, waiting: String) {
        Console.print("Open this address in a browser and consent:\n\n\(request.url)\n")
        if browser { Browser.open(request.url) }
        Console.note(waiting)
    }
}
