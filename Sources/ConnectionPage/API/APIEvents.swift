internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import ServiceLifecycle

/// Server-sent events of the API: documents as they change, until what they are about has ended.
enum APIEvents {
    /// What is known at one moment.
    struct Look: Sendable {
        /// The name of the event, and its document.
        let name: String
        let document: JSONValue
        /// Whether it will not change any more.
        let isLast: Bool
    }

    /// An answer that looks about once a second and sends what differs from the last look, until the last one, the
    /// program leaves, the token ends or the server does.
    ///
    /// A warehouse that does not answer may in the next round. The last event is named "end".
    static func response(
        every pause: Duration = .seconds(1), isGood: @escaping @Sendable () async throws -> Bool,
        _ look: @escaping @Sendable () async throws -> Look
    ) -> Response {
        var headers: HTTPFields = [.contentType: "text/event-stream", .cacheControl: "no-store"]
        if let name = HTTPField.Name("X-Accel-Buffering") { headers[name] = "no" }
        return Response(
            status: .ok, headers: headers,
            body: ResponseBody { writer in
                let ticks = AsyncStream<Void>.ticks(every: pause).cancelOnGracefulShutdown()
                var (sent, silent): (String?, Int) = (nil, 0)
                for await _ in ticks {
                    let seen: Look
                    switch try await APIEvents.taken(isGood, look) {
                    case .nothing: continue
                    case .over: return try await writer.finish(nil)
                    case .seen(let look): seen = look
                    }
                    let data = try seen.document.encoded()
                    var text = ""
                    if data != sent, !seen.isLast { text = "event: \(seen.name)\ndata: \(data)\n\n" }
                    if seen.isLast { text = "event: end\ndata: \(data)\n\n" }
                    sent = data
                    silent = text.isEmpty ? silent + 1 : 0
                    // A sign of life finds out that the program has left.
                    if silent >= 10 { (text, silent) = (": still here\n\n", 0) }
                    if !text.isEmpty { try await writer.write(ByteBuffer(string: text)) }
                    if seen.isLast { break }
                }
                try await writer.finish(nil)
            })
    }

    private enum Taken {
        /// The warehouse does not answer.
        case nothing
        /// The token is not good any more, or there is nothing to look at.
        case over
        case seen(Look)
    }

    private static func taken(
        _ isGood: @Sendable () async throws -> Bool, _ look: @Sendable () async throws -> Look
    ) async throws -> Taken {
        do {
            return try await isGood() ? .seen(try await look()) : .over
        } catch let problem as PageProblem where problem.kind == .notFound {
            return .over
        } catch let error as CancellationError {
            throw error
        } catch {
            return .nothing
        }
    }
}
