import Foundation
import Synchronization

/// An HTTP server on 127.0.0.1 that answers each request by a script and remembers it.
public final class ScriptedServer: Sendable {
    /// What came: the request line's parts, the headers as text, and the body.
    public struct Request: Sendable {
        /// The method.
        public var method = ""
        /// Path and query as sent.
        public var target = ""
        /// The request line and the headers.
        public var head = ""
        /// The body, read as UTF-8.
        public var body = ""

        /// The first value of a header, or `nil`.
        public func header(_ name: String) -> String? {
            for line in head.split(separator: "\r\n") where line.lowercased().hasPrefix(name.lowercased() + ":") {
                return line.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces)
            }
            return nil
        }

        /// A parameter of the query, as sent.
        public func query(_ name: String) -> String? {
            let parts = target.split(separator: "?", maxSplits: 1)
            guard parts.count == 2 else { return nil }
            for pair in parts[1].split(separator: "&") where pair.hasPrefix(name + "=") {
                return String(pair.dropFirst(name.count + 1))
            }
            return nil
        }

        /// The path without the query.
        public var path: String { String(target.prefix { $0 != "?" }) }
    }

    /// What is answered.
    public struct Answer: Sendable {
        /// The status.
        public var status: Int
        /// Further headers, a line each.
        public var headers: [String]
        /// The body.
        public var body: String
        /// The body, where it is not text in UTF-8.
        public var bytes: [UInt8]?
        /// How many bytes of the body are sent before the connection ends; all when `nil`.
        public var cutAt: Int?

        /// An answer; without arguments 200 with an empty body.
        public init(
            status: Int = 200, headers: [String] = [], body: String = "", bytes: [UInt8]? = nil, cutAt: Int? = nil
        ) {
            (self.status, self.headers, self.body, self.bytes) = (status, headers, body, bytes)
            self.cutAt = cutAt
        }

        /// The platform's envelope around records.
        public static func xml(_ body: String) -> Answer {
            Answer(headers: ["Content-Type: application/xml"], body: "<Response><Status>OK</Status>\(body)</Response>")
        }
    }

    private let server: RawServer
    private let kept: Kept

    private final class Kept: Sendable {
        let requests = Mutex<[Request]>([])

        func note(_ request: Request) -> Int {
            requests.withLock { all in
                all.append(request)
                return all.count - 1
            }
        }
    }

    /// All requests so far, in the order of their arrival; one is there before its answer is sent.
    public var requests: [Request] { kept.requests.withLock { $0 } }
    /// The address of this server, without a slash at the end.
    public var url: String { server.url("") }

    /// Starts listening on a free port; `script` gets the request and how many came before it.
    public init(_ script: @escaping @Sendable (Request, Int) -> Answer) throws {
        let kept = Kept()
        self.kept = kept
        server = try RawServer { connection in
            while let request = ScriptedServer.read(connection) {
                let answer = script(request, kept.note(request))
                let body = answer.bytes ?? Array(answer.body.utf8)
                let head = (["HTTP/1.1 \(answer.status) Scripted", "Content-Length: \(body.count)"] + answer.headers)
                    .joined(separator: "\r\n")
                let sent = body.prefix(answer.cutAt ?? body.count)
                guard connection.send(Array((head + "\r\n\r\n").utf8) + sent), answer.cutAt == nil else { return }
            }
        }
    }

    /// Takes no more connections.
    public func stop() { server.stop() }

    private static func read(_ connection: RawConnection) -> Request? {
        guard let head = connection.request() else { return nil }
        var request = Request()
        request.head = String(head.dropLast(2))
        let first = head.prefix { $0 != "\r\n" }.split(separator: " ")
        request.method = first.first.map(String.init) ?? ""
        request.target = first.dropFirst().first.map(String.init) ?? ""
        let length = request.header("Content-Length").flatMap { Int($0) } ?? 0
        guard let body = connection.body(length) else { return nil }
        request.body = String(decoding: body, as: UTF8.self)
        return request
    }
}
