import Foundation
import Synchronization

/// Reads a body with another parser than Inflow's: expat, in a Python process that lives as long as this value.
///
/// What the two agree on is no fault of a parser they share.
final class IndependentParser: Sendable {
    /// What the body is to the other parser.
    enum Reading: Sendable {
        /// A well-formed document; `hasDocumentType` where it declares one.
        case document(Element, hasDocumentType: Bool)
        /// Not well-formed, with the parser's words.
        case refused(String)
    }

    /// The process ended, or answered something that is no reading.
    struct Failed: Error { let words: String }

    private let process = Process()
    private let input: FileHandle
    private let output: Mutex<(handle: FileHandle, buffer: Data)>

    init() throws {
        let (toChild, fromChild) = (Pipe(), Pipe())
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-c", IndependentParser.script]
        process.standardInput = toChild
        process.standardOutput = fromChild
        input = toChild.fileHandleForWriting
        output = Mutex((fromChild.fileHandleForReading, Data()))
        try process.run()
    }

    /// Ends the process.
    func stop() {
        process.terminate()
    }

    /// Reads a body; `encoding` is the one that the headers declare, where they declare one.
    func read(_ body: [UInt8], encoding: String? = nil) throws -> Reading {
        let line = "\(encoding ?? "-") \(Data(body).base64EncodedString())\n"
        try input.write(contentsOf: Data(line.utf8))
        let reply = try JSONSerialization.jsonObject(with: try nextLine())
        guard let parts = reply as? [String: Any] else { throw Failed(words: "no object") }
        if let error = parts["error"] as? String { return .refused(error) }
        guard let tree = parts["tree"].flatMap(Element.init(json:)) else { throw Failed(words: "no tree") }
        return .document(tree, hasDocumentType: parts["doctype"] as? Bool ?? false)
    }

    /// The same, for a body with what Inflow says it forgives: white space or a broken declaration before the root, and
    /// the named characters of HTML.
    func readForgiving(_ body: [UInt8]) throws -> Reading {
        let reading = try read(body)
        guard case .refused = reading else { return reading }
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        var rest = body.dropFirst(body.starts(with: mark) ? 3 : 0).drop { [9, 10, 13, 32].contains($0) }
        if rest.starts(with: "<?xml".utf8), let end = rest.firstIndex(of: 62) { rest = rest[(end + 1)...] }
        guard let text = String(validating: rest, as: UTF8.self) else { return reading }
        let plain = text.replacing("&nbsp;", with: "\u{A0}").replacing("&eacute;", with: "é")
            .replacing("&hellip;", with: "…")
        return try read(Array(plain.utf8))
    }

    private func nextLine() throws -> Data {
        try output.withLock { output in
            while true {
                if let end = output.buffer.firstIndex(of: 10) {
                    defer { output.buffer = Data(output.buffer[(end + 1)...]) }
                    return Data(output.buffer[..<end])
                }
                let more = output.handle.availableData
                guard !more.isEmpty else { throw Failed(words: "the process has ended") }
                output.buffer.append(more)
            }
        }
    }

    private static let script = #"""
        import base64, json, sys
        from xml.parsers import expat
        sys.setrecursionlimit(100000)

        def local(name):
            return name.rsplit(":", 1)[-1]

        def read(body, encoding):
            root, stack, found = [], [], {"doctype": False}
            parser = expat.ParserCreate(encoding)
            parser.buffer_text = True
            parser.ordered_attributes = True

            def start(name, attributes):
                pairs = [[attributes[i], attributes[i + 1]] for i in range(0, len(attributes), 2)]
                pairs = [[local(k), v] for k, v in pairs if k != "xmlns" and not k.startswith("xmlns:")]
                one = [local(name), pairs, []]
                (stack[-1][2] if stack else root).append(one)
                stack.append(one)

            def end(name):
                stack.pop()

            def text(data):
                if stack:
                    nodes = stack[-1][2]
                    if nodes and isinstance(nodes[-1], str):
                        nodes[-1] += data
                    else:
                        nodes.append(data)

            def doctype(*_):
                found["doctype"] = True

            parser.StartElementHandler, parser.EndElementHandler = start, end
            parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = text, doctype
            parser.Parse(body, True)
            return {"tree": root[0], "doctype": found["doctype"]}

        for line in sys.stdin:
            encoding, _, body = line.rstrip("\n").partition(" ")
            try:
                reply = read(base64.b64decode(body), None if encoding == "-" else encoding)
            except Exception as error:
                reply = {"error": type(error).__name__ + ": " + str(error)}
            sys.stdout.write(json.dumps(reply) + "\n")
            sys.stdout.flush()
        """#
}
