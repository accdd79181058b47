import Foundation
import Hummingbird
import Logging
import NIOCore

/// What comes with a request: the connection, so that it can be cut.
struct SandboxContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    private let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }

    /// From now on `Date` of this connection's answers is the platform's own clock: the server writes its machine's.
    func tellTime(of state: SandboxState) async throws {
        let channel = channel
        try await channel.eventLoop.submit {
            let pipeline = channel.pipeline.syncOperations
            guard (try? pipeline.handler(type: DateWriter.self)) == nil else { return }
            try pipeline.addHandler(DateWriter(state), position: .first)
        }.get()
    }

    /// Closes the connection with a reset, without another byte.
    func reset() async -> ConnectionCut {
        let unsent = linger(l_onoff: 1, l_linger: 0)
        if let socket = channel as? any SocketOptionProvider { try? await socket.setSoLinger(unsent).get() }
        try? await channel.close().get()
        return ConnectionCut()
    }

    /// Closes the connection after what was written.
    func cut() async -> ConnectionCut {
        try? await channel.eventLoop.submit {}.get()
        try? await channel.close().get()
        return ConnectionCut()
    }
}

/// The connection was cut on purpose.
struct ConnectionCut: Error {}
