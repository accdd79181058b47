import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// An imitation of WorkflowMax (generation G3, XML) over HTTP, with limits, faults on demand and an organisation made
/// from a seed.
///
/// It stands apart: its XML is written from the reference by its own code, so that a mistake in Inflow's
/// definitions shows. What it plays is listed in the reference, §10; the controls live under `/sandbox/`.
///
/// A request passes four stations. `SandboxResponder` chooses between consent and tokens (`AuthorisationRoutes`),
/// records (`DataRoutes`) and controls (`ControlRoutes`). `DataRoutes` checks bearer, account and limits, and asks
/// `Faults` whether this call meets a fault. `Endpoints` then finds the rows in a `Selection`, which is a copy of the
/// organisation at that moment: an edit made while the answer is sent does not show in it. `PlannedBody` writes and
/// sends the rows.
///
/// Everything that changes while the sandbox runs lies in `SandboxState`, each part behind its own lock; the rest are
/// values. Limits, tokens and faults are state machines without I/O, so tests call them directly.
public struct Sandbox: Sendable {
    private let configuration: SandboxConfiguration
    private let state: SandboxState

    /// Makes the organisation; takes about a second for each scale in a debug build, far less in a release build.
    public init(_ configuration: SandboxConfiguration = SandboxConfiguration()) {
        self.configuration = configuration
        state = SandboxState(configuration)
    }

    /// Serves until the task is cancelled or the process receives a signal to end gracefully.
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
