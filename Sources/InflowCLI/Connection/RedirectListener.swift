import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Synchronization

/// An HTTP server on 127.0.0.1 that waits for the one redirect of a consent.
struct RedirectListener: Sendable {
    /// The port; 0 takes any free one.
    let port: Int
    let path: String

    /// Serves until the browser has received the page that answers its redirect.
    ///
    /// Calls `onReady` with the port once the server listens, and `answer` once with path and query of the redirect. An
    /// address for which `isOurs` is false answers another request: its page says so, and the server goes on waiting.
    ///
    /// - Throws: an error of the network when another process uses the port; `CancellationError`.
    func run(
        onReady: @escaping @Sendable (Int) async -> Void, isOurs: @escaping @Sendable (String) -> Bool,
        answer: @escaping @Sendable (String) async -> RedirectPage
    ) async throws {
        let (ends, end) = AsyncStream.makeStream(of: Void.self)
        let responder = RedirectResponder(path: path, isOurs: isOurs, answer: answer, done: { end.finish() })
        var logger = Logger(label: "redirect")
        logger.logLevel = .critical
        let server = Application(
            responder: responder,
            configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: port), serverName: "inflow"),
            onServerRunning: { channel in await onReady(channel.localAddress?.port ?? 0) }, logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await server.run()
                // The server ended before a browser came.
                if !responder.isAnswered { throw CancellationError() }
            }
            group.addTask { for await _ in ends {} }
            try await group.next()
            group.cancelAll()
            while let left = await group.nextResult() { _ = left }
        }
        try Task.checkCancellation()
    }
}

/// The context of a request: its channel, so that the responder can wait until the page is sent.
struct RedirectContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }
}

/// Answers the first redirect with the page of the consent, and any later one with a refusal.
struct RedirectResponder: HTTPResponder {
    typealias Context = RedirectContext

    let path: String
    let isOurs: @Sendable (String) -> Bool
    let answer: @Sendable (String) async -> RedirectPage
    let done: @Sendable () -> Void
    private let taken = Taken()

    init(
        path: String, isOurs: @escaping @Sendable (String) -> Bool,
        answer: @escaping @Sendable (String) async -> RedirectPage, done: @escaping @Sendable () -> Void
    ) {
        self.path = path
        self.isOurs = isOurs
        self.answer = answer
        self.done = done
    }

    /// Whether a browser has come back.
    var isAnswered: Bool { taken.isTaken }

    func respond(to request: Request, context: RedirectContext) async throws -> Response {
        guard request.method == .get, request.uri.path == path else {
            return page(.notFound, RedirectPage(title: "Not here", text: "Inflow waits for a consent at \(path)."))
        }
        let address = request.uri.path + "?" + (request.uri.query ?? "")
        guard isOurs(address) else {
            return page(
                .badRequest,
                RedirectPage(
                    title: "Not this consent",
                    text:
                        "This is not the answer to the consent that Inflow waits for (the state differs). Nothing was "
                        + "changed, and Inflow still waits: use the address that it printed last.", isFault: true))
        }
        guard taken.take() else {
            return page(
                .conflict,
                RedirectPage(title: "Once only", text: "Inflow has already received the answer to this consent."))
        }
        let shown = await answer(address)
        let (channel, done, bytes) = (context.channel, done, ByteBuffer(string: shown.html))
        var response = page(shown.isFault ? .badRequest : .ok, shown)
        response.body = ResponseBody(contentLength: bytes.readableBytes) { writer in
            try await writer.write(bytes)
            try await writer.finish(nil)
            // After one turn of the event loop the kernel has the bytes.
            try? await channel.eventLoop.submit {}.get()
            done()
        }
        return response
    }

    private func page(_ status: HTTPResponse.Status, _ page: RedirectPage) -> Response {
        var headers: HTTPFields = [
            .contentType: "text/html; charset=utf-8", .cacheControl: "no-store", .connection: "close",
            .contentSecurityPolicy: "default-src 'none'; style-src 'unsafe-inline'",
        ]
        // The address contains the code: no other site may learn it.
        if let name = HTTPField.Name("Referrer-Policy") { headers[name] = "no-referrer" }
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: page.html)))
    }
}

/// A flag that only the first caller can take.
private final class Taken: Sendable {
    private let state = Mutex(false)

    var isTaken: Bool { state.withLock { $0 } }

    func take() -> Bool {
        state.withLock { taken in
            defer { taken = true }
            return !taken
        }
    }
}
