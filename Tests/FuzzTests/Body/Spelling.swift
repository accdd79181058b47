import Foundation
import TestSupport

/// How a tree is written as bytes: all spellings of one tree mean the same.
struct Spelling: Sendable {
    /// The encodings that a body is written in.
    enum Encoding: String, Sendable, CaseIterable {
        case utf8 = "utf-8"
        case utf8WithMark = "utf-8 with a byte order mark"
        case ascii = "us-ascii"
        case utf16 = "utf-16"
        case latin1 = "iso-8859-1"
    }

    var encoding = Encoding.utf8
    /// Of the declaration: 0 none, 1 in double quotes, 2 in single quotes, 3 without an encoding.
    var declaration = 1
    var lineEnd = "\n"
    var isIndented = true
    /// How often, of 16, a comment or an instruction stands between two elements.
    var comments = 0
    /// How often, of 16, a text is written as CDATA, and a character as a number.
    var cdata = 0
    var numbers = 0
    /// How often, of 16, an empty element is written as a pair of tags.
    var pairs = 0
    var seed: UInt64 = 0

    /// A plain spelling.
    init() {}

    /// A spelling that the numbers choose; `isOdd` allows encodings other than UTF-8.
    init(_ numbers: inout SeededNumbers, isOdd: Bool) {
        seed = numbers.next()
        declaration = Int.random(in: 0...3, using: &numbers)
        lineEnd = ["\n", "\r\n", "\r"].randomElement(using: &numbers) ?? "\n"
        isIndented = Bool.random(using: &numbers)
        comments = [0, 0, 2].randomElement(using: &numbers) ?? 0
        cdata = [0, 0, 4].randomElement(using: &numbers) ?? 0
        self.numbers = [0, 0, 1, 6].randomElement(using: &numbers) ?? 0
        pairs = [0, 8, 16].randomElement(using: &numbers) ?? 0
        encoding = [.utf8, .utf8, .utf8, .utf8WithMark, .ascii].randomElement(using: &numbers) ?? .utf8
        if isOdd { encoding = Encoding.allCases.randomElement(using: &numbers) ?? .utf8 }
        if encoding == .latin1 || encoding == .utf16 {
            declaration = declaration == 0 || declaration == 3 ? 1 : declaration
        }
    }

    /// The tree as bytes.
    func bytes(of root: Element) -> [UInt8] {
        var writer = Writer(spelling: self, numbers: SeededNumbers(seed: seed))
        writer.declare()
        writer.write(root, depth: 0)
        return encoded(writer.text)
    }

    private func encoded(_ text: String) -> [UInt8] {
        switch encoding {
        case .utf8, .ascii: return Array(text.utf8)
        case .utf8WithMark: return [0xEF, 0xBB, 0xBF] + Array(text.utf8)
        case .utf16: return [0xFF, 0xFE] + text.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
        case .latin1: return text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
        }
    }
}

/// Writes one tree.
private struct Writer {
    let spelling: Spelling
    var numbers: SeededNumbers
    var text = ""

    private mutating func happens(_ of16: Int) -> Bool { of16 > 0 && Int(numbers.next() % 16) < of16 }

    mutating func declare() {
        let name = spelling.encoding == .utf8WithMark ? "utf-8" : spelling.encoding.rawValue
        switch spelling.declaration {
        case 1: text += "<?xml version=\"1.0\" encoding=\"\(name)\"?>"
        case 2: text += "<?xml version='1.0' encoding='\(name.uppercased())' standalone='yes' ?>"
        case 3: text += "<?xml version=\"1.0\"?>"
        default: return
        }
        if spelling.isIndented { text += spelling.lineEnd }
    }

    mutating func write(_ element: Element, depth: Int) {
        text += "<\(element.name)"
        for one in element.attributes { text += " \(one.name)=\"\(escaped(one.value, isAttribute: true))\"" }
        guard !element.nodes.isEmpty else {
            text += happens(spelling.pairs) ? "></\(element.name)>" : "/>"
            return
        }
        text += ">"
        // White space between elements means nothing only where there is no text.
        let isBroken = spelling.isIndented && element.nodes.allSatisfy { if case .element = $0 { true } else { false } }
        for node in element.nodes {
            if isBroken { text += spelling.lineEnd + String(repeating: "  ", count: min(depth + 1, 12)) }
            switch node {
            case .element(let child):
                if happens(spelling.comments) { text += "<!-- <Fake>no element</Fake> & no text -->" }
                if happens(spelling.comments) { text += "<?page break?>" }
                write(child, depth: depth + 1)
            case .text(let one): writeText(one)
            }
        }
        if isBroken { text += spelling.lineEnd + String(repeating: "  ", count: min(depth, 12)) }
        text += "</\(element.name)>"
    }

    private mutating func writeText(_ one: String) {
        if happens(spelling.cdata), !one.contains("]]>"), !one.contains("\r"), isEncodable(one) {
            text += "<![CDATA[\(lines(one))]]>"
        } else {
            text += escaped(one, isAttribute: false)
        }
    }

    private func lines(_ one: String) -> String { one.replacing("\n", with: spelling.lineEnd) }

    private func isEncodable(_ one: String) -> Bool { one.unicodeScalars.allSatisfy { $0.value < most } }

    /// The first character that the encoding lacks.
    private var most: UInt32 {
        switch spelling.encoding {
        case .utf8, .utf8WithMark, .utf16: 0x110000
        case .ascii: 0x80
        case .latin1: 0x100
        }
    }

    private mutating func escaped(_ one: String, isAttribute: Bool) -> String {
        var written = ""
        for scalar in one.unicodeScalars {
            switch scalar {
            case "&": written += happens(spelling.numbers) ? "&#38;" : "&amp;"
            case "<": written += happens(spelling.numbers) ? "&#x3C;" : "&lt;"
            case ">": written += "&gt;"
            case "\"" where isAttribute: written += "&quot;"
            case "\n" where isAttribute, "\t" where isAttribute, "\r": written += "&#\(scalar.value);"
            case "\n": written += spelling.lineEnd
            default:
                if scalar.value >= most || happens(spelling.numbers) {
                    written += "&#x\(String(scalar.value, radix: 16));"
                } else {
                    written.unicodeScalars.append(scalar)
                }
            }
        }
        return written
    }
}
