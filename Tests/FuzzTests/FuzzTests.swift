import Foundation
import Testing

/// How long the cases may take, in minutes: what was asked for, and ten more.
private enum FuzzTime {
    static let limit = 10 + Int(min(Fuzzer.Options.given?.seconds ?? 0, 86_400)) / 60
}

@Suite("The fuzzer", .timeLimit(.minutes(FuzzTime.limit)))
struct FuzzTests {
    @Test("Cases of the seed that scripts/fuzz names break no rule", .enabled(if: Fuzzer.Options.given != nil))
    func cases() async throws {
        let options = try #require(Fuzzer.Options.given)
        let start = Date()
        let result = try await Fuzzer(options: options).run { print("\n\($0.words)") }
        let ends = result.outcomes.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        let seconds = Int(Date().timeIntervalSince(start))
        print(
            "\n\(result.cases) cases of seed \(options.seed) in \(seconds) s: \(ends). \(result.findings.count) findings."
        )
        #expect(result.findings.isEmpty, "see above; the bodies are in \(options.folder)")
    }
}
