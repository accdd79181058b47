import ArgumentParser
import Foundation
import Warehouse

struct DocsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "docs", abstract: "Print the data dictionary: schemas, tables, columns, keys and what they mean.",
        discussion: """
            It is made from this warehouse: the comments of its catalogue, and what each report says of its question, \
            grain, dates and caveats. The HTML is one page that needs no other file. With --connection it has the own \
            fields of that organisation only, and without it those of all.
            """
                + "\n\n"
                + examples(
                    "inflow docs --format html > dictionary.html",
                    "inflow docs --connection acme"))

    /// The formats of the dictionary.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case html, markdown
    }

    @Option(help: "How to print it.") var format = Format.markdown
    @Option(help: "Name of the connection whose own fields are in it.", completion: .connections)
    var connection: String?

    func run() async throws {
        try await reporting {
            let wiring = try await Wiring.ready()
            let relations = try await ShownRelation.all(
                of: try await wiring.readable(connection), in: wiring.warehouse)
            switch format {
            case .html: Console.write(DictionaryDocument(relations).text, to: STDOUT_FILENO)
            case .markdown: Console.write(DictionaryMarkdown(relations).text, to: STDOUT_FILENO)
            }
        }
    }
}
