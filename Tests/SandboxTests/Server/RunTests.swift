import Testing

@testable import Sandbox

@Suite("Serving")
struct RunTests {
    @Test("The sandbox reports its port and ends when its task is cancelled")
    func run() async throws {
        let sandbox = Sandbox(SandboxFixture.small())
        let (ports, ready) = AsyncStream.makeStream(of: Int.self)
        let task = Task { try await sandbox.run { port in ready.yield(port) } }
        let port = await ports.first { _ in true }
        #expect(port.map { $0 > 0 } == true)
        task.cancel()
        _ = await task.result
    }
}
