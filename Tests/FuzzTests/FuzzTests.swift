import Foundation
import Testing

@Suite("The fuzzer", .timeLimit(.minutes(10)))
struct FuzzTests {
    @Test("Cases of the seed that scripts/fuzz names break no rule", .enabled(if: FuzzTests.options != nil))
    func cases() async throws {
        let options = try #require(FuzzTests.options)
        let start = Date()
        let result = try await Fuzzer(options: options).run { print("\n\($0.words)") }
        let ends = result.outcomes.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        let seconds = Int(Date().timeIntervalSince(start))
        print(
            "\n\(result.cases) cases of seed \(options.seed) in \(seconds) s: \(ends). \(result.findings.count) findings."
        )
        #expect(result.findings.isEmpty, "see above; the bodies are in \(options.folder)")
    }

    static let options = Fuzzer.Options(ProcessInfo.processInfo.environment)
}
