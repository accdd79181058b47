/// The headers of an answer, in order, looked up without regard to case.
public struct CurlHeaders: Sendable {
    /// One header as it arrived, without white space around the value.
    public typealias Field = (name: String, value: String)

    /// All headers in the order of their arrival.
    public private(set) var fields: [Field] = []

    /// Makes headers from names and values, in order.
    public init(_ fields: [Field] = []) {
        self.fields = fields
    }

    /// The first value of a header, or `nil` where it is absent.
    public subscript(name: String) -> String? {
        all(name).first
    }

    /// All values of a header in the order of their arrival.
    public func all(_ name: String) -> [String] {
        let wanted = name.lowercased()
        return fields.filter { $0.name.lowercased() == wanted }.map(\.value)
    }

    /// Adds one line as it came over the wire, without its line end; a folded line continues the last value.
    mutating func add(line: String) {
        if let first = line.first, first == " " || first == "\t" {
            guard let last = fields.indices.last else { return }
            fields[last].value += " " + line.trimmingBlanks()
            return
        }
        guard let colon = line.firstIndex(of: ":") else { return }
        fields.append((line[..<colon].trimmingBlanks(), line[line.index(after: colon)...].trimmingBlanks()))
    }
}

extension StringProtocol {
    /// The text without blanks and tabs at both ends.
    fileprivate func trimmingBlanks() -> String {
        func blank(_ character: Character) -> Bool { character == " " || character == "\t" }
        guard let first = firstIndex(where: { !blank($0) }), let last = lastIndex(where: { !blank($0) }) else {
            return ""
        }
        return String(self[first...last])
    }
}
