import ArgumentParser
import Foundation
import Inflow
import Warehouse

struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write a connection's tables and reports into files, and a manifest.",
        discussion: """
            One file for each table of wfm and each report, such as wfm.invoice.csv and report.quality.csv, all of one \
            moment, and manifest.json with the rows and bytes of each. The files replace those of an earlier export \
            when all of them are whole, the manifest last. It reads as the connection's reader.
            """
                + "\n\n"
                + examples(
                    "inflow export acme --dir /srv/acme",
                    "inflow export acme --dir /srv/acme --tables invoice,report.quality --format xlsx"))

    /// The formats of files.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case csv, json, xlsx

        /// What writes rows as text; `nil` where the files are workbooks.
        func text(exactly: Bool) -> (any RowText)? {
            switch self {
            case .csv: CSVRows(isExact: exactly)
            case .json: JSONRows()
            case .xlsx: nil
            }
        }
    }

    @Argument(help: "Name of the connection.", completion: .connections) var name: String
    @Option(help: "The folder to write into; made if there is none.", completion: .directory) var dir: String
    @Option(help: "How to write the rows.") var format = Format.csv
    @Option(help: "Tables and reports to write, with commas between them; without it, all.") var tables: String?
    @Flag(help: "Leave text in CSV as it is, also where a spreadsheet takes it for a formula.") var exact = false
    @Flag(help: "Print the manifest.") var json = false
    @OptionGroup var quiet: QuietOption

    /// What an export wrote.
    struct Manifest: Encodable {
        struct File: Encodable {
            let file, schema, name: String
            let rows, bytes: Int
        }
        let connection: String
        /// The moment that all rows are of.
        let asOf: Date
        let format, inflow: String
        let files: [File]
    }

    func run() async throws {
        try await reporting(json: json) {
            let wiring = try await Wiring.ready()
            let manifest = try await interruptible(saying: "Stopping. The files of an earlier export stay.") {
                try await wiring.reading(name) { session, connection in
                    let relations = try await chosen(session)
                    await wiring.auditIfPossible(
                        .rowsExported, connection,
                        subject: tables == nil
                            ? "all tables and reports" : relations.map(\.fullName).joined(separator: ", "),
                        details: ["folder": URL(fileURLWithPath: dir).path, "format": format.rawValue])
                    return try await write(relations, session)
                }
            }
            if json { return try Console.json(manifest) }
            let (rows, bytes) = manifest.files.reduce((0, 0)) { ($0.0 + $1.rows, $0.1 + $1.bytes) }
            Console.print(
                "Inflow wrote \(manifest.files.count) files into \"\(dir)\": \(Console.grouped(rows)) rows, "
                    + "\(Console.bytes(bytes)).")
        }
    }

    private func write(_ relations: [ShownRelation], _ session: ReaderSession) async throws -> Manifest {
        let folder = try ExportFolder(dir)
        var files: [Manifest.File] = []
        for relation in relations {
            let file = "\(relation.fullName).\(format.rawValue)"
            let statement = try ReportQuery(relation).statement()
            let (rows, bytes) = try await write(statement, relation.name, to: file, in: folder, session)
            files.append(
                Manifest.File(file: file, schema: relation.schema, name: relation.name, rows: rows, bytes: bytes))
        }
        let manifest = Manifest(
            connection: name, asOf: try await session.moment(), format: format.rawValue, inflow: Version.text,
            files: files)
        let text = try Console.document(manifest)
        _ = try await folder.write("manifest.json") { write in _ = try write(text) }
        try folder.publish()
        return manifest
    }

    /// Writes the rows of a table or report into one file, and returns their number and the file's size.
    private func write(
        _ statement: (sql: String, parameters: [String]), _ name: String, to file: String, in folder: ExportFolder,
        _ session: ReaderSession
    ) async throws -> (rows: Int, bytes: Int) {
        var rows = 0
        guard let text = format.text(exactly: exact) else {
            let bytes = try await folder.make(file) { place in
                var cursor = try await session.rows(statement.sql, statement.parameters)
                rows = try await RowPrinter.writeWorkbook(&cursor, named: name, to: place)
            }
            return (rows, bytes)
        }
        let bytes = try await folder.write(file) { write in
            var cursor = try await session.rows(statement.sql, statement.parameters)
            // The closure does not outlive the call: the sink ends with it.
            rows = try await withoutActuallyEscaping(write) { write in
                var sink = TextSink(text, write: write)
                return try await RowPrinter.copy(&cursor, into: &sink).count
            }
        }
        return (rows, bytes)
    }

    /// The tables and reports to write: those that were named, or the records and all reports.
    private func chosen(_ session: ReaderSession) async throws -> [ShownRelation] {
        let all = try await session.relations()
        guard let tables else { return all.filter { $0.schema == "wfm" || $0.schema == "setting" || $0.isReport } }
        var chosen: [ShownRelation] = []
        for name in ReportShowCommand.names(tables) {
            let found = try ReportQuery.find(name, among: all, kind: "table or report")
            if !chosen.contains(found) { chosen.append(found) }
        }
        return chosen
    }
}
