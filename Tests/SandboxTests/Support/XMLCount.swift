import Foundation
import FoundationXML

/// A body read by Foundation's parser: how often each path occurs, and the texts of its leaves.
final class XMLCount: NSObject, XMLParserDelegate {
    private(set) var counts: [String: Int] = [:]
    private(set) var texts: [String: [String]] = [:]
    private var path: [String] = []
    private var text = ""

    /// Reads a whole document; throws when it is not well-formed.
    init(_ body: Data) throws {
        super.init()
        let parser = XMLParser(data: body)
        parser.delegate = self
        guard parser.parse() else { throw NotWellFormed(line: parser.lineNumber, column: parser.columnNumber) }
    }

    /// Where a document is broken.
    struct NotWellFormed: Error {
        var line: Int
        var column: Int
    }

    /// How often the path below `Response` occurs.
    subscript(path: String) -> Int { counts["Response/\(path)"] ?? 0 }

    /// The texts at the path below `Response`, in order.
    func all(_ path: String) -> [String] { texts["Response/\(path)"] ?? [] }

    /// The exact sum of the decimals at the path.
    func sum(_ path: String) -> Decimal {
        all(path).reduce(0) { $0 + (Decimal(string: $1) ?? .nan) }
    }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String] = [:]
    ) {
        path.append(name)
        counts[path.joined(separator: "/"), default: 0] += 1
        text = ""
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) {
        text += string
    }

    func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
        texts[path.joined(separator: "/"), default: []].append(text)
        path.removeLast()
        text = ""
    }
}
