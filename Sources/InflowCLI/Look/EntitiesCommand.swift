import ArgumentParser
import Inflow
import WorkflowMax

struct EntitiesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "entities", abstract: "Show what Inflow reads: the entities, their tables and columns.",
        subcommands: [List.self, Show.self, DDL.self], defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List all entities and their tables.",
            discussion: examples("inflow entities"))

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
            abstract: "Show the columns of an entity and where they come from.",
            discussion: examples("inflow entities show invoice"))

        @Argument(help: "The entity.", completion: .entities) var name: String

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
            abstract: "Print a first create table statement for an entity, as a start for a migration.",
            discussion: examples("inflow entities ddl invoice"))

        @Argument(help: "The entity.", completion: .entities) var name: String

        func run() async throws {
            try await reporting { Console.print(DDLPrinter.statements(for: try findEntity(name))) }
        }
    }
}

/// The entity that a person means; throws a refusal with the names that are spelt like it.
func findEntity(_ name: String) throws -> EntityDefinition { try WorkflowMax.entityNames.find(name) }

/// The names of the entities that a person means, each once.
func findEntities(_ names: [String]) throws -> [String] { try WorkflowMax.entityNames.find(names).map(\.name) }
