internal import Foundation

/// Reads a workbook with another library than the one that writes it: openpyxl, in a Python process.
public enum WorkbookReader {
    /// A sheet: its name, and each row's cells as the other library sees them.
    public struct Sheet: Decodable, Equatable, Sendable {
        /// The name on the sheet's tab.
        public let name: String
        /// Whether the first row stays in sight.
        public let isHeadingFrozen: Bool
        /// The cells, each as `kind value`: `text Acme`, `number 12.5`, `boolean True`, `time 2026-10-05 00:00:00`,
        /// `formula =1+1`; nil for an empty one.
        public let rows: [[String?]]

        /// A sheet to compare with.
        public init(name: String, isHeadingFrozen: Bool, rows: [[String?]]) {
            (self.name, self.isHeadingFrozen, self.rows) = (name, isHeadingFrozen, rows)
        }
    }

    /// The other library could not read it.
    public struct Failed: Error {
        /// What it said.
        public let words: String
    }

    /// The sheets of a workbook, in order.
    public static func sheets(_ path: String) throws -> [Sheet] {
        let (output, error) = (Pipe(), Pipe())
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/python3")
        process.arguments = ["-c", script, path]
        process.standardOutput = output
        process.standardError = error
        try process.run()
        let document = output.fileHandleForReading.readDataToEndOfFile()
        let words = String(decoding: error.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failed(words: "Is python3-openpyxl installed? \(words)") }
        return try JSONDecoder().decode([Sheet].self, from: document)
    }

    private static let script = """
        import json, sys, openpyxl
        kinds = {'n': 'number', 's': 'text', 'b': 'boolean', 'd': 'time', 'f': 'formula', 'inlineStr': 'text'}
        def cell(c):
            if c.value is None:
                return None
            return f'{kinds.get(c.data_type, c.data_type)} {c.value}'
        book = openpyxl.load_workbook(sys.argv[1])
        print(json.dumps([{
            'name': s.title, 'isHeadingFrozen': s.freeze_panes == 'A2',
            'rows': [[cell(c) for c in row] for row in s.iter_rows()],
        } for s in book.worksheets]))
        """
}
