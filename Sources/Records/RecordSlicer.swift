/// Finds the bytes of each record in an XML body, exactly as they came: from the `<` of its tag to its last `>`.
///
/// It knows no more of XML than where a tag ends: comments, CDATA sections, instructions and quoted values may hold
/// anything. Bytes are fed in pieces of any length; it holds the current record only. For bodies that
/// `XMLRecordParser` has read whole; of others it finds something or nothing, and never fails.
package struct RecordSlicer {
    private enum Place {
        case text
        /// Behind a `<`, what it begins is not yet known.
        case opened
        case tag(quote: UInt8)
        case endTag
        /// Behind `<!`: a comment, a CDATA section or something else.
        case declaration
        /// Inside one that ends with two of this byte and a `>`.
        case section(UInt8)
        case instruction
    }

    /// Paths of records: local names in lower case.
    private let items: [[[UInt8]]]
    private var place = Place.text
    /// Local names of the elements one is in, outside records.
    private var path: [[UInt8]] = []
    /// The current tag, or the current record.
    private var held: [UInt8] = []
    /// Where in `held` the current tag begins.
    private var tagStart = 0
    /// Elements open inside the record, it included; 0 outside.
    private var depth = 0
    private var last: UInt8 = 0
    private var closing = 0

    /// A slicer of records at paths such as `Response/Jobs/Job`, without regard to case.
    package init(items: [String]) {
        self.items = items.map { item in item.split(separator: "/").map { Array($0.lowercased().utf8) } }
    }

    /// Takes the next bytes and passes on each record that ends in them.
    package mutating func feed(_ bytes: [UInt8], _ found: ([UInt8]) -> Void) {
        for byte in bytes {
            step(byte, found)
            last = byte
        }
    }

    private mutating func step(_ byte: UInt8, _ found: ([UInt8]) -> Void) {
        if case .text = place {
            if byte == UInt8(ascii: "<") {
                place = .opened
                if depth == 0 { held.removeAll(keepingCapacity: true) }
                tagStart = held.count
            } else if depth == 0 {
                return
            }
            held.append(byte)
            return
        }
        held.append(byte)
        switch place {
        case .text: break
        case .opened: begin(byte)
        case .tag(quote: 0) where byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'"): place = .tag(quote: byte)
        case .tag(quote: 0) where byte == UInt8(ascii: ">"):
            place = .text
            open(isEmpty: last == UInt8(ascii: "/"), found)
        case .tag(let quote): if quote == byte { place = .tag(quote: 0) }
        case .endTag:
            if byte == UInt8(ascii: ">") {
                place = .text
                close(found)
            }
        case .declaration: declare(byte)
        case .section(let mark):
            if byte == UInt8(ascii: ">"), closing >= 2 { place = .text }
            closing = byte == mark ? closing + 1 : 0
        case .instruction: if byte == UInt8(ascii: ">"), last == UInt8(ascii: "?") { place = .text }
        }
    }

    private mutating func begin(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "/"): place = .endTag
        case UInt8(ascii: "!"): place = .declaration
        case UInt8(ascii: "?"): place = .instruction
        default: place = .tag(quote: 0)
        }
    }

    private mutating func declare(_ byte: UInt8) {
        closing = 0
        let begun = held[(tagStart + 2)...]
        if begun.elementsEqual("--".utf8) {
            place = .section(UInt8(ascii: "-"))
        } else if begun.elementsEqual("[CDATA[".utf8) {
            place = .section(UInt8(ascii: "]"))
        } else if byte == UInt8(ascii: ">") {
            place = .text
        }
    }

    private mutating func open(isEmpty: Bool, _ found: ([UInt8]) -> Void) {
        if depth == 0 {
            path.append(name)
            guard items.contains(where: { $0 == path }) else {
                if isEmpty { path.removeLast() }
                return
            }
        }
        if !isEmpty {
            depth += 1
        } else if depth == 0 {
            end(found)
        }
    }

    private mutating func close(_ found: ([UInt8]) -> Void) {
        guard depth > 0 else {
            path = path.dropLast()
            return
        }
        depth -= 1
        if depth == 0 { end(found) }
    }

    private mutating func end(_ found: ([UInt8]) -> Void) {
        found(held)
        held.removeAll(keepingCapacity: true)
        path = path.dropLast()
    }

    /// Local name of the current tag, in lower case.
    private var name: [UInt8] {
        let all = held[(tagStart + 1)...].prefix { byte in
            byte > 0x20 && byte != UInt8(ascii: "/") && byte != UInt8(ascii: ">")
        }
        let local = all.lastIndex(of: UInt8(ascii: ":")).map { all[($0 + 1)...] } ?? all
        return Array(String(decoding: local, as: UTF8.self).lowercased().utf8)
    }
}
