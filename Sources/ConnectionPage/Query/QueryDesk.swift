internal import Foundation
internal import Inflow

/// Queries that run and answers that are kept a while, so that a page can wait, cancel and be opened again.
///
/// Each belongs to one session and one connection; no one else can see or cancel it. They are in the memory of this
/// process only.
actor QueryDesk {
    /// How many queries run at a time, of one session and of all.
    static let mostOfSession = 2
    static let most = 6
    /// How many answers are kept, and for how long.
    private static let mostKept = 40
    private static let age = Duration.seconds(900)

    /// How a query stands.
    enum State: Sendable {
        case running
        case answered(QueryAnswer)
        case refused(QueryRefusal)
        case cancelled
        case failed(PageProblem)
    }

    /// A query.
    struct Job: Sendable {
        let id: String
        let owner: Owner
        let sql: String
        let seconds: Int
        let beganAt: ContinuousClock.Instant
        var state: State
    }

    /// Whose it is.
    struct Owner: Sendable, Hashable {
        let session: Int64
        let connection: String
    }

    private let service: any QueryService
    private let rows: Int
    private var jobs: [String: Job] = [:]
    private var tasks: [String: Task<Void, Never>] = [:]
    private var waiting: [String: [UUID: CheckedContinuation<Void, Never>]] = [:]

    init(_ service: any QueryService, rows: Int) { (self.service, self.rows) = (service, rows) }

    /// Begins a query and returns its id.
    ///
    /// - Throws: a problem where too many run already.
    func begin(_ sql: String, seconds: Int, for owner: Owner) throws(PageProblem) -> String {
        forgetOld()
        let running = jobs.values.filter { if case .running = $0.state { true } else { false } }
        guard running.count < Self.most,
            running.filter({ $0.owner.session == owner.session }).count < Self.mostOfSession
        else {
            throw PageProblem(
                .conflict, "Other queries are running",
                "Inflow ran nothing. Up to \(Self.mostOfSession) queries of one person run at a time, and up to "
                    + "\(Self.most) of all. Cancel one, or try again when one has ended.")
        }
        let id = UUID().uuidString.lowercased()
        jobs[id] = Job(id: id, owner: owner, sql: sql, seconds: seconds, beganAt: .now, state: .running)
        let (service, rows) = (service, rows)
        // Not structured: it outlives the request that began it, until it ends, is cancelled, or its time is up.
        tasks[id] = Task {
            let state: State
            do {
                state = .answered(try await service.run(sql, of: owner.connection, seconds: seconds, rows: rows))
            } catch let refusal as QueryRefusal {
                state = .refused(refusal)
            } catch let problem as PageProblem {
                state = .failed(problem)
            } catch {
                state = .failed(
                    PageProblem(
                        .fault, "Inflow could not run the query",
                        "It is a fault of Inflow. Nothing was changed. The log of \"inflow serve\" has the details."))
            }
            end(id, state)
        }
        return id
    }

    /// A query of this owner; `nil` where there is none, or it was forgotten.
    func job(_ id: String, of owner: Owner) -> Job? {
        guard let job = jobs[id], job.owner == owner else { return nil }
        return job
    }

    /// Returns when a query has ended, or after a while.
    func settled(_ id: String, within pause: Duration) async {
        guard let job = jobs[id], case .running = job.state else { return }
        let ticket = UUID()
        let timer = Task {
            try? await Task.sleep(for: pause)
            wake(id, ticket)
        }
        await withCheckedContinuation { waiting[id, default: [:]][ticket] = $0 }
        timer.cancel()
    }

    /// Stops a query of this owner; false where none runs.
    func cancel(_ id: String, of owner: Owner) -> Bool {
        guard let job = job(id, of: owner), case .running = job.state else { return false }
        tasks[id]?.cancel()
        end(id, .cancelled)
        return true
    }

    private func end(_ id: String, _ state: State) {
        tasks[id] = nil
        // What was cancelled stays so, whatever its statement ended with.
        guard let job = jobs[id], case .running = job.state else { return }
        jobs[id]?.state = state
        for (_, continuation) in waiting.removeValue(forKey: id) ?? [:] { continuation.resume() }
    }

    private func wake(_ id: String, _ ticket: UUID) {
        waiting[id]?.removeValue(forKey: ticket)?.resume()
    }

    private func forgetOld() {
        func isRunning(_ job: Job) -> Bool { if case .running = job.state { true } else { false } }
        jobs = jobs.filter { isRunning($0.value) || $0.value.beganAt.duration(to: .now) < Self.age }
        let ended = jobs.values.filter { !isRunning($0) }.sorted { $0.beganAt < $1.beganAt }
        for job in ended.prefix(max(0, ended.count - Self.mostKept)) { jobs[job.id] = nil }
    }
}
