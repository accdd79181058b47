import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Synchronization

/// Listens on this machine's loopback for the one redirect that answers a consent.
struct RedirectListener: Sendable {
    /// The port; 0 takes any free one.
    let port: Int
    /// The path the browser is sent back to.
    let path: String

    /// Serves until one redirect was answered, and the browser has its page.
    ///
    /// `onReady` is told the port when it listens; `answer` is called once, with path and query of the redirect.
    /// - Throws: when the port cannot be listened on, and `CancellationError`.
    func run(
        onReady: @escaping @Sendable (Int) async -> Void,
        answer: @escaping @Sendable (String) async -> RedirectPage
    ) async throws {
        let (ends, end) = AsyncStream.makeStream(of: Void.self)
        let responder = RedirectResponder(path: path, answer: answer, done: { end.finish() })
        var logger = Logger(label: "redirect")
        logger.logLevel = .critical
        let server = Application(
            responder: responder,
            configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: port), serverName: "inflow"),
            onServerRunning: { channel in await onReady(channel.localAddress?.port ?? 0) }, logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await server.run()
                // Told to end before a browser came.
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

/// What comes with a request: the connection, so that its end can be waited for.
struct RedirectContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }
}

/// Answers the redirect, once.
struct RedirectResponder: HTTPResponder {
    typealias Context = RedirectContext

    let path: String
    let answer: @Sendable (String) async -> RedirectPage
    let done: @Sendable () -> Void
    private let taken = Taken()

    init(
        path: String, answer: @escaping @Sendable (String) async -> RedirectPage, done: @escaping @Sendable () -> Void
    ) {
        self.path = path
        self.answer = answer
        self.done = done
    }

    /// Whether a redirect has come.
    var isAnswered: Bool { taken.isTaken }

    func respond(to request: Request, context: RedirectContext) async throws -> Response {
        guard request.method == .get, request.uri.path == path else {
            return page(.notFound, RedirectPage(title: "Not here", text: "Inflow waits for a consent at \(path)."))
        }
        guard taken.take() else {
            return page(
                .conflict, RedirectPage(title: "Once only", text: "The answer to this consent came already."))
        }
        let shown = await answer(request.uri.path + "?" + (request.uri.query ?? ""))
        let (channel, done, bytes) = (context.channel, done, ByteBuffer(string: shown.html))
        var response = page(shown.isFault ? .badRequest : .ok, shown)
        response.body = ResponseBody(contentLength: bytes.readableBytes) { writer in
            try await writer.write(bytes)
            try await writer.finish(nil)
            // What was written is with the kernel when the loop has come round.
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
        // The address has the code in it: nobody else is told it.
        if let name = HTTPField.Name("Referrer-Policy") { headers[name] = "no-referrer" }
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: page.html)))
    }
}

/// Lets the first through.
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
