import Foundation
import Synchronization
import TestSupport

/// The platform of one lane: answers each request as the case in hand says.
final class FuzzServer: Sendable {
    /// What is done with a request.
    struct Reply: Sendable {
        var bytes: [UInt8]
        var isReset = false
        var isLast = true
    }

    typealias Script = @Sendable (_ target: String, _ request: String, _ body: String, _ before: Int) -> Reply

    private let server: RawServer
    private let state: Shared

    private final class Shared: Sendable {
        let script = Mutex<Script?>(nil)
        let targets = Mutex<[String]>([])
    }

    /// The address, without a slash at the end.
    var url: String { server.url("") }
    /// Targets of the requests since the script was set.
    var targets: [String] { state.targets.withLock { $0 } }

    init() throws {
        let state = Shared()
        self.state = state
        server = try RawServer { connection in
            while let request = connection.request() {
                let target = request.split(separator: " ").dropFirst().first.map(String.init) ?? ""
                let length = FuzzServer.length(in: request)
                guard let body = connection.body(length), let script = state.script.withLock({ $0 }) else { return }
                let before = state.targets.withLock { targets in
                    targets.append(target)
                    return targets.count { $0 == target } - 1
                }
                let reply = script(target, request, String(decoding: body, as: UTF8.self), before)
                connection.send(reply.bytes)
                if reply.isReset { connection.reset() }
                if reply.isLast { return }
            }
        }
    }

    private static func length(in request: String) -> Int {
        for line in request.split(separator: "\r\n") where line.lowercased().hasPrefix("content-length:") {
            return Int(line.dropFirst(15).trimmingCharacters(in: .whitespaces)) ?? 0
        }
        return 0
    }

    /// Answers by a script from now on.
    func play(_ script: @escaping Script) {
        state.targets.withLock { $0 = [] }
        state.script.withLock { $0 = script }
    }

    func stop() { server.stop() }
}
