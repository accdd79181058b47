import Synchronization

/// An HTTP server on 127.0.0.1 that keeps what is posted to it.
public final class WebhookListener: Sendable {
    /// One POST.
    public struct Post: Sendable {
        /// Headers, their names in small letters.
        public let headers: [String: String]
        /// The body as it came.
        public let body: [UInt8]
    }

    private let server: ScriptedServer

    /// All posts so far, in order; one is there before its answer is sent.
    public var posts: [Post] {
        server.requests.map { request in
            var headers: [String: String] = [:]
            for line in request.head.split(separator: "\r\n").dropFirst() {
                let parts = line.split(separator: ":", maxSplits: 1)
                headers[parts[0].lowercased()] = parts.count > 1 ? String(parts[1].drop { $0 == " " }) : ""
            }
            return Post(headers: headers, body: Array(request.body.utf8))
        }
    }

    /// The address to post to.
    public var url: String { "\(server.url)/hook" }

    /// Listens; `statuses` are the answers to the first posts, 200 after them.
    public init(statuses: [Int] = []) throws {
        server = try ScriptedServer { _, before in
            ScriptedServer.Answer(
                status: before < statuses.count ? statuses[before] : 200, headers: ["Connection: close"])
        }
    }

    /// Stops listening.
    public func stop() { server.stop() }
}
