import ArgumentParser
import Inflow
import WorkflowMax

struct EntitiesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "entities", abstract: "Show what Inflow reads: the entities, their tables and columns.",
        subcommands: [List.self, Show.self, DDL.self], defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List all entities and their tables.")

        func run() {
            Console.table(
                ["entity", "kind", "read", "tables"],
                WorkflowMax.entities.map { entity in
                    [
                        entity.name, entity.kind.rawValue, entity.endpoint.path,
                        ([entity.table] + entity.children.map(\.table)).joined(separator: " "),
                    ]
                })
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show the columns of an entity and where they come from.")

        @Argument(help: "The entity.") var name: String

        func run() async throws {
            try await reporting {
                let entity = try findEntity(name)
                Console.print(entity.summary)
                let tables = [(entity.table, entity.columns)] + entity.children.map { ($0.table, $0.columns) }
                for (table, columns) in tables {
                    Console.print("\n\(table)")
                    Console.table(
                        ["column", "kind", "from", "what it is"],
                        columns.map {
                            [$0.name, $0.kind.rawValue, $0.paths.joined(separator: " or "), $0.summary]
                        })
                }
            }
        }
    }

    struct DDL: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "ddl",
            abstract: "Print a first create table statement for an entity, as a start for a migration.")

        @Argument(help: "The entity.") var name: String

        func run() async throws {
            try await reporting { Console.print(DDLPrinter.statements(for: try findEntity(name))) }
        }
    }
}

/// The entity of this name; throws a `UserError` that lists the known ones.
func findEntity(_ name: String) throws -> EntityDefinition {
    guard let entity = WorkflowMax.entities.first(where: { $0.name == name }) else {
        let refusal = RunPlan.Refusal.unknownEntity(name, among: WorkflowMax.entities)
        throw UserError(refusal.description, exitCode: 64)
    }
    return entity
}
