import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// A pretend WorkflowMax (generation G3, XML) over HTTP, with limits, faults on demand and a organisation made from a seed.
///
/// It stands apart: its XML is written from the reference by its own code, so that a mistake in somebody else's
/// definitions shows. What it plays is listed in the reference, §10; the controls live under `/sandbox/`.
public struct Sandbox: Sendable {
    private let configuration: SandboxConfiguration
    private let state: SandboxState

    /// Makes the organisation; takes about a second for each scale in a debug build, far less in a release build.
    public init(_ configuration: SandboxConfiguration = SandboxConfiguration()) {
        self.configuration = configuration
        state = SandboxState(configuration)
    }

    /// Serves until the task is cancelled or the process is told to end gracefully.
    ///
    /// - Parameter onReady: called once with the port listened on.
    /// - Throws: when the address cannot be bound.
    public func run(onReady: @escaping @Sendable (_ port: Int) async -> Void = { _ in }) async throws {
        try await application(onReady: onReady).run()
    }

    /// The server, for tests.
    func application(
        onReady: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
    ) -> Application<SandboxResponder> {
        var logger = Logger(label: "sandbox")
        logger.logLevel = .critical
        return Application(
            responder: SandboxResponder(state: state),
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.host, port: configuration.port), serverName: "sandbox"),
            onServerRunning: { channel in await onReady(channel.localAddress?.port ?? 0) }, logger: logger)
    }
}
