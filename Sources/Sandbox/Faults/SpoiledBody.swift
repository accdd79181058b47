import HTTPTypes

/// The faults of a list's rows and bytes: a right body comes in, and a wrong one goes out.
enum SpoiledBody {
    /// Changes which rows and counters are written.
    static func spoil(_ list: RowList, _ fault: Fault) -> RowList {
        var list = list
        switch fault.kind {
        case .validEmptyList: list.rows = []
        case .halfPage: list.rows = Thinning.everySecond.thinned(list.rows)
        case .duplicateRows:
            list.rows = list.rows.enumerated().flatMap {
                $0.offset % 10 == 0 ? [$0.element, $0.element] : [$0.element]
            }
        case .noTotal: list.counters?.hasTotal = false
        case .unreadableCounters: list.counterText = fault.text ?? "many"
        default: break
        }
        return list
    }

    /// Changes the bytes written, and the headers that go with them.
    static func spoil(_ bytes: inout [UInt8], _ headers: inout HTTPFields, _ fault: Fault, _ list: RowList) {
        switch fault.kind {
        case .truncatedXML: bytes.removeLast(bytes.count / 3)
        case .secondRoot: bytes += Array("<Response><Status>OK</Status></Response>".utf8)
        case .illegalCharacters: insert([0x01, 0x0B] + Array("&#x0;&#x1B;".utf8), into: &bytes)
        case .invalidUTF8: insert([0xC3, 0x28, 0xFF], into: &bytes)
        case .brokenRecord: breakRecord(&bytes, holding: fault.holding)
        case .statusSpelling: respell(&bytes, status: fault.text ?? "")
        case .renamedContainer, .renamedRecord: rename(&bytes, fault, list)
        case .upperIdentifiers: bytes = XMLRewriter.identifiers(in: bytes) { $0.uppercased() }
        case .paddedIdentifiers: bytes = XMLRewriter.identifiers(in: bytes) { " \($0)\n " }
        default: BodyEncoding.encode(&bytes, &headers, fault)
        }
        for (name, value) in fault.headers { HTTPField.Name(name).map { headers[$0] = value } }
    }

    /// Writes another text into the first `Status`; an empty one takes the element out.
    private static func respell(_ bytes: inout [UInt8], status text: String) {
        let (open, close) = (Array("<Status>".utf8), Array("</Status>".utf8))
        guard let start = place(of: open, in: bytes), let end = place(of: close, in: bytes), start < end else { return }
        let element = text.isEmpty ? [] : open + Array(text.utf8) + close
        bytes.replaceSubrange(start..<end + close.count, with: element)
    }

    /// Gives the container, or each record, another name.
    private static func rename(_ bytes: inout [UInt8], _ fault: Fault, _ list: RowList) {
        let counters: Set = ["Status", "Page", "PageSize", "TotalRecords", "Records"]
        let outer = list.isBare ? 0 : 1
        let isContainer = fault.kind == .renamedContainer
        bytes = XMLRewriter.renamed(bytes, atDepth: isContainer || list.container == nil ? outer : outer + 1) { name in
            if counters.contains(name) { return name }
            if let text = fault.text { return text }
            guard isContainer else { return name + "Item" }
            return name.hasSuffix("List")
                ? name.dropLast(4) + "s" : (name.hasSuffix("s") ? name.dropLast() : name[...]) + "List"
        }
    }

    /// Leaves a tag open where a text stands.
    private static func breakRecord(_ bytes: inout [UInt8], holding text: String) {
        guard !text.isEmpty, let place = place(of: Array(text.utf8), in: bytes) else { return }
        bytes.insert(contentsOf: Array("<&".utf8), at: place)
    }

    /// Puts bytes at the end of the `Name` nearest to the middle, or behind `Status` where there is none.
    private static func insert(_ text: [UInt8], into bytes: inout [UInt8]) {
        if let place = place(of: Array("</Name>".utf8), in: bytes, from: bytes.count / 2) {
            bytes.insert(contentsOf: text, at: place)
        } else if let place = place(of: Array("</Status>".utf8), in: bytes) {
            bytes.insert(contentsOf: text, at: place + 9)
        }
    }

    /// Where a text begins.
    private static func place(of text: [UInt8], in bytes: [UInt8], from start: Int = 0) -> Int? {
        guard let first = text.first else { return nil }
        var position = start
        while let found = bytes[position...].firstIndex(of: first) {
            if bytes[found...].starts(with: text) { return found }
            position = found + 1
        }
        return nil
    }
}

/// Rewrites the bytes of a well-formed body without attributes but the root's, as `XMLWriter` writes them.
enum XMLRewriter {
    /// The body with other names for the elements at a depth; the root has depth 0.
    static func renamed(_ bytes: [UInt8], atDepth wanted: Int, _ name: (String) -> String) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var (depth, position) = (0, 0)
        while let start = bytes[position...].firstIndex(of: 60), let end = bytes[start...].firstIndex(of: 62) {
            result += bytes[position..<start]
            position = end + 1
            let tag = bytes[start...end]
            guard let mark = bytes[(start + 1)...].first, mark != 63, mark != 33 else {
                result += tag
                continue
            }
            let (isClosing, isEmpty) = (mark == 47, bytes[end - 1] == 47)
            if isClosing { depth -= 1 }
            if depth == wanted {
                let first = isClosing ? start + 2 : start + 1
                let last = bytes[first...].firstIndex { $0 == 62 || $0 == 47 || $0 == 32 } ?? end
                result += bytes[start..<first]
                result += Array(name(String(decoding: bytes[first..<last], as: UTF8.self)).utf8)
                result += bytes[last...end]
            } else {
                result += tag
            }
            if !isClosing, !isEmpty { depth += 1 }
        }
        return result + bytes[position...]
    }

    /// The body with other texts in every element whose name ends in `UUID`.
    static func identifiers(in bytes: [UInt8], _ change: (String) -> String) -> [UInt8] {
        let open = Array("UUID>".utf8)
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var position = 0
        while let end = bytes[position...].firstIndex(of: 62) {
            result += bytes[position...end]
            position = end + 1
            let tag = bytes[..<position].suffix(open.count)
            let start = bytes[..<position].lastIndex(of: 60) ?? 0
            guard tag.elementsEqual(open), bytes[start + 1] != 47,
                let close = bytes[position...].firstIndex(of: 60), close > position
            else { continue }
            result += Array(change(String(decoding: bytes[position..<close], as: UTF8.self)).utf8)
            position = close
        }
        return result + bytes[position...]
    }
}
