import Foundation
import Synchronization

/// A TCP server on 127.0.0.1 that answers each request by a script, on threads of its own.
final class RawServer: Sendable {
    /// What came: the request line's target, the headers as text, and the body.
    struct Request: Sendable {
        var method = ""
        var target = ""
        var head = ""
        var body = ""

        /// The first value of a header, or `nil`.
        func header(_ name: String) -> String? {
            for line in head.split(separator: "\r\n") where line.lowercased().hasPrefix(name.lowercased() + ":") {
                return line.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces)
            }
            return nil
        }

        /// A parameter of the query, as sent.
        func query(_ name: String) -> String? {
            let parts = target.split(separator: "?", maxSplits: 1)
            guard parts.count == 2 else { return nil }
            for pair in parts[1].split(separator: "&") where pair.hasPrefix(name + "=") {
                return String(pair.dropFirst(name.count + 1))
            }
            return nil
        }

        /// The path without the query.
        var path: String { String(target.prefix { $0 != "?" }) }
    }

    /// What is answered.
    struct Answer: Sendable {
        var status = 200
        var headers: [String] = []
        var body = ""
        /// How many bytes of the body are sent before the connection ends; all when `nil`.
        var cutAt: Int?

        static func xml(_ body: String) -> Answer {
            Answer(headers: ["Content-Type: application/xml"], body: "<Response><Status>OK</Status>\(body)</Response>")
        }
    }

    private let listener: Int32
    private let port: UInt16
    private let asked = Mutex<[Request]>([])

    /// All requests so far, in the order of their arrival.
    var requests: [Request] { asked.withLock { $0 } }
    /// The address of this server.
    var url: String { "http://127.0.0.1:\(port)" }

    /// Starts listening on a free port; `script` gets the request and how many came before it.
    init(_ script: @escaping @Sendable (Request, Int) -> Answer) throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, length) == 0 && listen(listener, 64) == 0
                    && getsockname(listener, address, &length) == 0
            }
        }
        guard isListening else { throw POSIXError(.EADDRNOTAVAIL) }
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { [weak self] in
            while true {
                let peer = accept(listener, nil, nil)
                guard peer >= 0 else { break }
                guard let self else {
                    close(peer)
                    break
                }
                Thread.detachNewThread { self.serve(peer, script) }
            }
            close(listener)
        }
    }

    /// Takes no more connections.
    func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
    }

    private func serve(_ peer: Int32, _ script: (Request, Int) -> Answer) {
        defer { close(peer) }
        var received: [UInt8] = []
        while let request = read(peer, &received) {
            let before = asked.withLock { all in
                all.append(request)
                return all.count - 1
            }
            let answer = script(request, before)
            let body = Array(answer.body.utf8)
            let head = (["HTTP/1.1 \(answer.status) Scripted", "Content-Length: \(body.count)"] + answer.headers)
                .joined(separator: "\r\n")
            guard send(peer, Array((head + "\r\n\r\n").utf8) + body.prefix(answer.cutAt ?? body.count)) else { return }
            if answer.cutAt != nil { return }
        }
    }

    private func read(_ peer: Int32, _ received: inout [UInt8]) -> Request? {
        var request = Request()
        var needed: Int?
        while true {
            if needed == nil, let end = received.firstRange(of: Array("\r\n\r\n".utf8)) {
                request.head = String(decoding: received[..<end.lowerBound], as: UTF8.self)
                received.removeSubrange(..<end.upperBound)
                let first = request.head.prefix { $0 != "\r\n" }.split(separator: " ")
                request.method = first.first.map(String.init) ?? ""
                request.target = first.dropFirst().first.map(String.init) ?? ""
                needed = request.header("Content-Length").flatMap { Int($0) } ?? 0
            }
            if let needed, received.count >= needed {
                request.body = String(decoding: received[..<needed], as: UTF8.self)
                received.removeFirst(needed)
                return request
            }
            var buffer = [UInt8](repeating: 0, count: 65_536)
            let count = recv(peer, &buffer, buffer.count, 0)
            guard count > 0 else { return nil }
            received += buffer[..<count]
        }
    }

    private func send(_ peer: Int32, _ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Foundation.send(peer, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }
}
