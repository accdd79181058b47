import Inflow
import TestSupport
import Testing

@testable import WorkflowMax

@Suite("Records asked for by key, and what is no answer to that", .timeLimit(.minutes(5)))
struct ReadByKeyTests {
    private func failure(
        accessEndsIn life: Double = 1_800,
        _ script: @escaping @Sendable (ScriptedServer.Request, Int) -> ScriptedServer.Answer
    ) async throws -> SourceError? {
        let fixture = try SourceFixture(accessEndsIn: life, script)
        let failure = await fixture.failure(.supplier, .parents(["s1"]))
        await fixture.stop()
        return failure
    }

    @Test("A refusal of the token endpoint is no answer about the record", arguments: [400, 404, 405, 410, 418, 302])
    func token(status: Int) async throws {
        let failure = try await failure(accessEndsIn: -60) { _, _ in ScriptedServer.Answer(status: status, body: "{}") }
        #expect(failure?.code == .badConfiguration, "\(String(describing: failure))")
    }

    @Test("An answer whose records are handed over and that then says it is an error fails the chunk")
    func lateError() async throws {
        let name = String(repeating: "long ", count: 100_000)
        let failure = try await failure { _, _ in
            .xml("<Supplier><UUID>s1</UUID><Name>\(name)</Name></Supplier><Status>ERROR</Status>")
        }
        #expect(failure?.code == .platformError, "\(String(describing: failure))")
    }

    @Test("No error of an answer shows the token that it was asked for with", arguments: [200, 201, 400, 500])
    func echo(status: Int) async throws {
        let fixture = try SourceFixture { request, _ in
            let said = request.header("Authorization") ?? ""
            let body =
                "<Response><Status>ERROR</Status><ErrorDescription>\(said)</ErrorDescription></Response>"
            return ScriptedServer.Answer(status: status, body: body)
        }
        let failure = try #require(await fixture.failure(.supplier, .whole))
        await fixture.stop()
        #expect(String(reflecting: failure).contains("Bearer"), "the words of the answer are kept")
        for secret in Secret.all { #expect(!String(reflecting: failure).contains(secret)) }
    }
}
