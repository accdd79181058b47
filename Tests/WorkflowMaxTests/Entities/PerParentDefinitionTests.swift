import Inflow
import TestSupport
import Testing

@testable import WorkflowMax

@Suite("What costs one call for each record of another entity")
struct PerParentDefinitionTests {
    private static let entities = allEntities.filter(\.isPerParent)

    @Test("It asks by a column its parent has, and its rows say by which", arguments: entities)
    func parentColumn(entity: EntityDefinition) throws {
        let rule = try #require(entity.perParent)
        let own = allEntities.first { $0.name == rule.parent }
        let line = allEntities.flatMap(\.children).first { $0.table == "wfm.\(rule.parent)" }
        let columns = try #require(own?.columns ?? line?.columns, "there is no \(rule.parent)")
        #expect(columns.contains { $0.name == rule.key })
        #expect(entity.endpoint.path.contains("{key}"))
        #expect(entity.columns.contains { $0.kind == .parent && $0.paths == [rule.key] && $0.name == entity.key.first })
        let owner = allEntities.first { $0.children.contains { $0.table == "wfm.\(rule.parent)" } } ?? own
        let name = try #require(owner?.name)
        #expect(entity.after.contains(name))
        for column in rule.newest { #expect((owner?.columns ?? []).contains { $0.name == column }, "\(column)") }
    }

    @Test("A flag is an element of the definitions of custom fields", arguments: entities)
    func flag(entity: EntityDefinition) throws {
        guard let flag = entity.perParent?.flag else { return #expect(!entity.name.hasSuffix("_custom_field")) }
        let definitions = try #require(allEntities.first { $0.name == "custom_field" })
        #expect(definitions.columns.contains { $0.kind == .boolean && $0.paths.contains(flag) })
    }

    @Test("A key is percent-encoded in the address, whatever is in it")
    func addresses() throws {
        let entity = try #require(Self.entities.first { $0.name == "job_custom_field" })
        #expect(
            RequestURL.relative(path: entity.endpoint.path, key: "Q 1/2", query: [])
                == "job.api/get/Q%201%2F2/customfield"
        )
    }

    @Test("Several rows come for each key; a key that is not known is told and left out")
    func reading() async throws {
        let fixture = try SourceFixture { request, _ in
            let body =
                if request.path.hasSuffix("/J1") {
                    "<Costs><Cost><UUID>a</UUID></Cost><Cost><UUID>b</UUID></Cost></Costs>"
                } else if request.path.hasSuffix("/J2") {
                    Body.error("The job was not found.")
                } else {
                    "<Response api-method=\"Documents\"><Status>OK</Status><Documents/><Costs/></Response>"
                }
            return ScriptedServer.Answer(status: 200, body: body)
        }
        var parents: [AnsweredParent] = []
        var rows: [String] = []
        for try await batch in fixture.source.records(of: .jobCost, in: .parents(["J1", "J2", "J3"])) {
            parents += batch.answer.answeredParents
            rows += (0..<batch.count).map { "\(batch.answer.parent ?? "")/\(batch[$0].text(at: "UUID") ?? "")" }
        }
        await fixture.stop()
        #expect(rows == ["J1/a", "J1/b"])
        #expect(
            parents == [
                .init(key: "J1", isKnown: true), .init(key: "J2", isKnown: false), .init(key: "J3", isKnown: true),
            ])
    }
}
