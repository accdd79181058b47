import Foundation
import Synchronization

/// Runs cases on several lanes until the time is over or there are enough of them.
struct Fuzzer: Sendable {
    /// What to run; from the environment, where `scripts/fuzz` puts it.
    struct Options: Sendable {
        var seed: UInt64 = 1
        /// Only this case.
        var only: Int?
        var first = 0
        var seconds = 0.0
        /// Cases at most.
        var most = Int.max
        var lanes = 4
        /// Where the bodies of failed cases are kept.
        var folder = FileManager.default.temporaryDirectory.path + "/inflow-fuzz"

        /// The options of this process.
        static let given = Options(ProcessInfo.processInfo.environment)

        /// The options of an environment; `nil` where no fuzzing was asked for.
        init?(_ environment: [String: String]) {
            guard let seconds = environment["INFLOW_FUZZ_SECONDS"].flatMap(Double.init) else { return nil }
            self.seconds = seconds
            seed = environment["INFLOW_FUZZ_SEED"].flatMap { UInt64($0) } ?? 1
            only = environment["INFLOW_FUZZ_CASE"].flatMap { Int($0) }
            first = environment["INFLOW_FUZZ_FIRST"].flatMap { Int($0) } ?? 0
            most = environment["INFLOW_FUZZ_MOST"].flatMap { Int($0) } ?? most
            lanes = environment["INFLOW_FUZZ_LANES"].flatMap { Int($0) } ?? lanes
            folder = environment["INFLOW_FUZZ_FOLDER"] ?? folder
        }

        /// As many cases of a seed as this.
        init(seed: UInt64, most: Int) { (self.seed, self.most, seconds) = (seed, most, .infinity) }
    }

    /// A case that broke a rule.
    struct Finding: Sendable {
        let number: Int
        let words: String
    }

    /// The result of all cases.
    struct Result: Sendable {
        var cases = 0
        var outcomes: [String: Int] = [:]
        var findings: [Finding] = []
    }

    let options: Options

    /// What the lanes share: the next number and the result so far.
    private final class Shared: Sendable {
        private let next: Mutex<Int>
        let result = Mutex(Result())

        init(first: Int) { next = Mutex(first) }

        func number() -> Int {
            next.withLock { next in
                defer { next += 1 }
                return next
            }
        }
    }

    /// Runs the cases; `report` is called with each finding as it is made.
    func run(report: @escaping @Sendable (Finding) -> Void) async throws -> Result {
        let parser = try IndependentParser()
        let templates = try Template.all(parser)
        parser.stop()
        let shared = Shared(first: options.only ?? options.first)
        let end = Date(timeIntervalSinceNow: min(options.seconds, 1e9))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<(options.only == nil ? options.lanes : 1) {
                group.addTask { [self] in
                    let lane = try FuzzLane(number)
                    while options.only != nil || Date() < end {
                        let number = shared.number()
                        guard number <= last else { break }
                        let one = FuzzCase(seed: options.seed, number: number, templates: templates)
                        try await run(one, lane, shared, report)
                    }
                    await lane.stop()
                }
            }
            try await group.waitForAll()
        }
        return shared.result.withLock { $0 }
    }

    private var last: Int { options.only ?? (options.most == .max ? .max : options.first + options.most - 1) }

    private func run(
        _ one: FuzzCase, _ lane: FuzzLane, _ shared: Shared, _ report: @Sendable (Finding) -> Void
    ) async throws {
        let (outcome, faults) = try await lane.run(one)
        let finding =
            faults.isEmpty
            ? nil
            : Finding(number: one.number, words: ([one.description] + faults.prefix(6)).joined(separator: "\n    "))
        shared.result.withLock { result in
            result.cases += 1
            result.outcomes[outcome, default: 0] += 1
            if let finding { result.findings.append(finding) }
        }
        if finding != nil || options.only != nil { try keep(one) }
        if let finding { report(finding) }
    }

    /// Keeps the body of a case in a file, to be looked at.
    private func keep(_ one: FuzzCase) throws {
        try FileManager.default.createDirectory(atPath: options.folder, withIntermediateDirectories: true)
        let file = URL(filePath: "\(options.folder)/seed-\(one.seed)-case-\(one.number).xml")
        try Data(one.body).write(to: file)
    }
}
