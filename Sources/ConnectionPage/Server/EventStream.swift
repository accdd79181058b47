internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import ServiceLifecycle

/// Server-sent events: parts of a page that the server makes anew while a browser looks at it.
enum EventStream {
    /// A part of a page.
    struct Part: Encodable {
        /// The id of the element that it replaces the inside of.
        let id: String
        let html: String
    }

    /// An answer that sends what `parts` makes, about once a second where something changed, until the browser leaves,
    /// its session or the server ends.
    ///
    /// The end of the session is said, and the event "ended" tells the browser not to come back.
    static func response(
        every pause: Duration = .seconds(1), _ parts: @escaping @Sendable () async throws -> [Part]
    ) -> Response {
        var headers: HTTPFields = [.contentType: "text/event-stream", .cacheControl: "no-store"]
        if let name = HTTPField.Name("X-Accel-Buffering") { headers[name] = "no" }
        return Response(
            status: .ok, headers: headers,
            body: ResponseBody { writer in
                // Ends with the server: else its orderly end would wait for every open page.
                let ticks = AsyncStream<Void>.ticks(every: pause).cancelOnGracefulShutdown()
                var sent: [String: String] = [:]
                var silent = 0
                for await _ in ticks {
                    var text = ""
                    guard let made = try await EventStream.made(parts) else {
                        let text = try EventStream.event("part", LiveState.ended) + EventStream.event("ended", [""])
                        try await writer.write(ByteBuffer(string: text))
                        break
                    }
                    for part in made where sent[part.id] != part.html {
                        sent[part.id] = part.html
                        text += try EventStream.event("part", part)
                    }
                    silent = text.isEmpty ? silent + 1 : 0
                    // A sign of life finds out that the browser has left.
                    if silent >= 10 { (text, silent) = (": still here\n\n", 0) }
                    if !text.isEmpty { try await writer.write(ByteBuffer(string: text)) }
                }
                try await writer.finish(nil)
            })
    }

    /// The parts, and whether they are of now; `nil` once the session has ended.
    ///
    /// While the warehouse does not answer, the page keeps what it shows, and says that it is old.
    private static func made(_ parts: @Sendable () async throws -> [Part]) async throws -> [Part]? {
        do {
            return try await parts() + [LiveState.good]
        } catch let error as CancellationError {
            throw error
        } catch let problem as PageProblem where problem == .ended {
            return nil
        } catch {
            return [LiveState.old]
        }
    }

    private static func event(_ name: String, _ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return "event: \(name)\ndata: \(String(decoding: try encoder.encode(value), as: UTF8.self))\n\n"
    }
}

extension AsyncStream<Void> {
    /// One at once, then one after each pause, until nobody listens.
    static func ticks(every pause: Duration) -> AsyncStream<Void> {
        let isFirst = FirstTick()
        return AsyncStream<Void>(unfolding: {
            if await isFirst.take() { return () }
            return (try? await Task.sleep(for: pause)).map { () }
        })
    }
}

/// Whether a stream has not begun.
private actor FirstTick {
    private var isFirst = true

    func take() -> Bool {
        defer { isFirst = false }
        return isFirst
    }
}
