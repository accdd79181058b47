import ArgumentParser
import Inflow
import WorkflowMax

struct EntitiesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "entities", abstract: "What Inflow reads: list, show ENTITY, ddl ENTITY.",
        subcommands: [List.self, Show.self, DDL.self], defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "All entities and their tables.")

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
        static let configuration = CommandConfiguration(abstract: "Columns of an entity and where they come from.")

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
            commandName: "ddl", abstract: "The first create table of an entity, to paste and improve.")

        @Argument(help: "The entity.") var name: String

        func run() async throws {
            try await reporting { Console.print(DDLPrinter.statements(for: try findEntity(name))) }
        }
    }
}

/// The entity of a name, or what there is instead.
func findEntity(_ name: String) throws -> EntityDefinition {
    guard let entity = WorkflowMax.entities.first(where: { $0.name == name }) else {
        let known = WorkflowMax.entities.map(\.name).joined(separator: ", ")
        throw UserError("There is no entity \"\(name)\". There are: \(known).", exitCode: 64)
    }
    return entity
}
