import Logging
import Postgres
import ServiceLifecycle

/// Keeps the private PostgreSQL running while a daemon serves; ``ServerWatch`` decides what to do.
struct ServerKeeper: Service {
    let cluster: PostgresCluster
    let logger: Logger
    /// Whether this process runs something that a restart of the server would make wait.
    let isReading: @Sendable () -> Bool
    /// The pause between two looks.
    var every: Duration = .seconds(1)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var watch = ServerWatch()
            while !Task.isCancelled {
                do throws(PostgresError) {
                    await act(on: try await sight(), &watch)
                } catch {
                    log(watch.failed(error.detail ?? error.message))
                }
                guard (try? await Task.sleep(for: every)) != nil else { return }
            }
        }
    }

    private func sight() async throws(PostgresError) -> ServerWatch.Sight {
        switch try await cluster.status() {
        case .running: .running(isUpgraded: cluster.isUpgraded)
        case .busy: .busy
        case .stopped, .absent: cluster.isStoppedByPerson ? .stoppedByPerson : .stopped
        }
    }

    private func act(on sight: ServerWatch.Sight, _ watch: inout ServerWatch) async {
        let (step, line) = watch.look(sight, isReading: isReading(), now: .now)
        log(line)
        do throws(PostgresError) {
            switch step {
            case .none: return
            case .start: guard try await cluster.startUnlessStoppedByPerson() else { return }
            case .restart: try await cluster.restart()
            }
            log(watch.started(now: .now))
        } catch {
            log(watch.failed(error.detail ?? error.message))
        }
    }

    private func log(_ line: ServerWatch.Line?) {
        if let line { logger.log(level: line.level, "\(line.text)") }
    }
}
