import Foundation
import Synchronization

/// An HTTP server on 127.0.0.1 that keeps what is posted to it, on threads of its own.
public final class WebhookListener: Sendable {
    /// One POST.
    public struct Post: Sendable {
        /// Headers, their names in small letters.
        public let headers: [String: String]
        /// The body as it came.
        public let body: [UInt8]
    }

    /// Where it listens.
    public let port: UInt16
    private let listener: Int32
    private let statuses: Mutex<[Int]>
    private let taken = Mutex<[Post]>([])

    /// All posts so far, in order; one is there before its answer is sent.
    public var posts: [Post] { taken.withLock { $0 } }
    /// The address to post to.
    public var url: String { "http://127.0.0.1:\(port)/hook" }

    /// Listens; `statuses` are the answers to the first posts, 200 after them.
    public init(statuses: [Int] = []) throws {
        self.statuses = Mutex(statuses)
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let fd = listener
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(fd, address, length) == 0 && listen(fd, 128) == 0 && getsockname(fd, address, &length) == 0
            }
        }
        guard isListening else { throw POSIXError(.EADDRNOTAVAIL) }
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { [self] in
            while true {
                let peer = accept(fd, nil, nil)
                guard peer >= 0 else { break }
                Thread.detachNewThread { self.answer(peer) }
            }
            close(fd)
        }
    }

    /// Stops listening.
    public func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

    private func answer(_ peer: Int32) {
        defer { close(peer) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        func more() -> Bool {
            let count = recv(peer, &buffer, buffer.count, 0)
            if count > 0 { bytes += buffer[..<count] }
            return count > 0
        }
        while bytes.firstRange(of: Array("\r\n\r\n".utf8)) == nil { guard more() else { return } }
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return }
        var headers: [String: String] = [:]
        for line in String(decoding: bytes[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
            .dropFirst()
        {
            let parts = line.split(separator: ":", maxSplits: 1)
            headers[parts[0].lowercased()] = parts.count > 1 ? parts[1].trimmingCharacters(in: .whitespaces) : ""
        }
        let length = Int(headers["content-length"] ?? "") ?? 0
        while bytes.count < end.upperBound + length { guard more() else { return } }
        taken.withLock { $0.append(Post(headers: headers, body: Array(bytes[end.upperBound...]))) }
        let status = statuses.withLock { $0.isEmpty ? 200 : $0.removeFirst() }
        let reply = Array("HTTP/1.1 \(status) Said\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".utf8)
        _ = reply.withUnsafeBytes { send(peer, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    }
}
