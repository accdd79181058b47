import Inflow
import Logging
import Synchronization
import Testing
import Warehouse

@testable import InflowCLI

@Suite("What a daemon logs of a warehouse that is away")
struct WarehouseOutageTests {
    /// The lines of a log, and a clock that the test moves.
    private final class Scene: Sendable {
        private let lines = Mutex<[String]>([])
        private let time = Mutex(ContinuousClock.now)

        func later(_ seconds: Int) { time.withLock { $0 = $0 + .seconds(seconds) } }
        /// The lines since the last look.
        func take() -> [String] {
            lines.withLock { lines in
                defer { lines = [] }; return lines
            }
        }

        var outage: WarehouseOutage {
            WarehouseOutage(
                logger: Logger(label: "test") { _ in Lines(scene: self) }, now: { self.time.withLock { $0 } })
        }

        struct Lines: LogHandler {
            let scene: Scene
            var metadata: Logger.Metadata = [:]
            var logLevel = Logger.Level.trace
            subscript(metadataKey key: String) -> Logger.Metadata.Value? {
                get { metadata[key] }
                set { metadata[key] = newValue }
            }
            func log(event: LogEvent) {
                scene.lines.withLock { $0.append("\(event.level): \(event.message)") }
            }
        }
    }

    /// The error of a server that is not there.
    private func away() async throws -> any Error {
        do {
            _ = try await RunQueue(Warehouse(url: "postgresql://127.0.0.1:1/nowhere")).isServed()
        } catch { return error }
        throw WarehouseError(.statementFailed, message: "There was a server.")
    }

    @Test("One line when it goes, one a minute, one when it is back, whoever notices")
    func lines() async throws {
        let (scene, error) = (Scene(), try await away())
        let outage = scene.outage
        outage.end()
        #expect(scene.take() == [])
        #expect(outage.note(error) && outage.note(error))
        let first = scene.take()
        #expect(first.count == 1 && first[0].hasPrefix("warning: The warehouse is away"), "\(first)")
        scene.later(59)
        #expect(outage.note(error))
        #expect(scene.take() == [])
        scene.later(1)
        #expect(outage.note(error) && outage.note(error))
        let second = scene.take()
        #expect(second.count == 1 && second[0].hasPrefix("warning: The warehouse is still away"), "\(second)")
        scene.later(35)
        outage.end()
        outage.end()
        #expect(scene.take() == ["notice: The warehouse is back after 95 s."])
        #expect(outage.note(error))
        #expect(scene.take().count == 1)
    }

    @Test("Any other error is left to the service that met it")
    func others() {
        let scene = Scene()
        let outage = scene.outage
        #expect(!outage.note(WarehouseError(.statementFailed, message: "No.")))
        #expect(!outage.note(CancellationError()))
        #expect(scene.take() == [])
    }
}
