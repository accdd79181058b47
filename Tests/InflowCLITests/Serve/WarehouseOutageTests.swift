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

    @Test("One line when it goes, one an hour, one when it is back, whoever notices")
    func lines() async throws {
        let (scene, error) = (Scene(), try await away())
        let outage = scene.outage
        outage.end()
        #expect(scene.take() == [])
        #expect(outage.note(error) && outage.note(error))
        let first = scene.take()
        #expect(first.count == 1 && first[0].hasPrefix("warning: The warehouse is away"), "\(first)")
        scene.later(3_599)
        #expect(outage.note(error))
        #expect(scene.take() == [])
        scene.later(1)
        #expect(outage.note(error) && outage.note(error))
        let second = scene.take()
        #expect(second.count == 1 && second[0].hasPrefix("warning: The warehouse is still away"), "\(second)")
        scene.later(35)
        outage.end()
        outage.end()
        #expect(scene.take() == ["notice: The warehouse is back after 3635 s."])
        #expect(outage.note(error))
        #expect(scene.take().count == 1)
    }

    @Test("It counts how long nobody was answered; after ten minutes the daemon is not well, unless a person wanted it")
    func silence() async throws {
        let (scene, error) = (Scene(), try await away())
        let outage = scene.outage
        let (well, stopped) = (
            DaemonHealth(outage: outage, isStoppedByPerson: { false }),
            DaemonHealth(outage: outage, isStoppedByPerson: { true })
        )
        scene.later(300)
        outage.end()
        #expect(outage.note(error))
        scene.later(599)
        #expect(well.fault == nil)
        scene.later(1)
        #expect(well.fault == "the warehouse has not answered for 10 minutes")
        #expect(stopped.fault == nil)
        outage.end()
        #expect(well.fault == nil)
    }

    @Test("A service that fails alike again and again is logged once an hour, with other words at once")
    func repeated() {
        let scene = Scene()
        let outage = scene.outage
        for _ in 0..<100 { outage.log("schedule", "no right") }
        outage.log("queue", "no right")
        outage.log("schedule", "no table")
        scene.later(3_600)
        outage.log("schedule", "no table")
        #expect(
            scene.take() == [
                "warning: schedule: no right", "warning: queue: no right", "warning: schedule: no table",
                "warning: schedule: no table",
            ])
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
