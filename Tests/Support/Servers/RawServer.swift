import Foundation
import Synchronization

/// A TCP server on 127.0.0.1 that plays a script over each connection, on a thread of its own.
public final class RawServer: Sendable {
    /// The port it listens on.
    public let port: UInt16
    private let listener: Int32
    private let accepted = Mutex(0)

    /// How many connections have been made.
    public var connections: Int { accepted.withLock { $0 } }

    /// Starts listening on a free port; `play` runs once for each connection, which is closed when it returns.
    public init(_ play: @escaping @Sendable (RawConnection) -> Void) throws {
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
                accepted.withLock { $0 += 1 }
                Thread.detachNewThread {
                    let connection = RawConnection(peer)
                    play(connection)
                    connection.close()
                }
            }
            close(fd)
        }
    }

    /// Takes no more connections; those that are open play their scripts to the end.
    public func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
    }

    /// The address of a path of this server.
    public func url(_ path: String = "/", scheme: String = "http") -> String {
        "\(scheme)://127.0.0.1:\(port)\(path)"
    }
}

/// The server's end of one connection; used by its own thread only.
public final class RawConnection {
    private var fd: Int32
    private var received: [UInt8] = []

    init(_ fd: Int32) {
        self.fd = fd
    }

    /// Reads a request up to the blank line; `nil` when the client is gone.
    public func request() -> String? {
        while true {
            if let end = received.firstRange(of: Array("\r\n\r\n".utf8)) {
                defer { received.removeSubrange(..<end.upperBound) }
                return String(decoding: received[..<end.upperBound], as: UTF8.self)
            }
            guard let more = read() else { return nil }
            received += more
        }
    }

    /// Reads a number of bytes of a request's body.
    public func body(_ count: Int) -> [UInt8]? {
        while received.count < count {
            guard let more = read() else { return nil }
            received += more
        }
        defer { received.removeFirst(count) }
        return Array(received[..<count])
    }

    /// Waits until the client is gone.
    public func waitForClose() {
        while read() != nil {}
    }

    /// Sends everything; false when the client is gone.
    @discardableResult
    public func send(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes { Foundation.send(fd, $0.baseAddress, $0.count, noSignal) }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    /// Sends text as it stands, with `\n` for the line ends of HTTP.
    @discardableResult
    public func send(_ text: String) -> Bool {
        send(Array(text.replacing("\n", with: "\r\n").utf8))
    }

    /// Sends a whole answer with its length.
    @discardableResult
    public func answer(_ status: String = "200 OK", headers: String = "", body: [UInt8] = []) -> Bool {
        let head = "HTTP/1.1 \(status)\n\(headers)Content-Length: \(body.count)\n\n"
        return send(Array(head.replacing("\n", with: "\r\n").utf8) + body)
    }

    /// Sends what the socket takes without waiting; returns how many bytes, zero when it stays full for a while.
    public func sendSome(_ bytes: ArraySlice<UInt8>) -> Int {
        while true {
            let count = bytes.withUnsafeBytes { Foundation.send(fd, $0.baseAddress, $0.count, noSignal | dontWait) }
            if count > 0 { return count }
            var poller = pollfd(fd: fd, events: Int16(POLLOUT), revents: 0)
            guard poll(&poller, 1, 500) > 0 else { return 0 }
        }
    }

    /// Ends the connection by a reset instead of in good order.
    public func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        close()
    }

    /// Ends the connection, if it is still open.
    public func close() {
        guard fd >= 0 else { return }
        Foundation.close(fd)
        fd = -1
    }

    private func read() -> [UInt8]? {
        guard fd >= 0 else { return nil }
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(fd, &buffer, buffer.count, 0)
        return count > 0 ? Array(buffer[..<count]) : nil
    }

    private var noSignal: Int32 { Int32(MSG_NOSIGNAL) }
    private var dontWait: Int32 { Int32(MSG_DONTWAIT) }
}
