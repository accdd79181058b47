internal import Inflow

/// What lies around the records of an answer: where one is, and what the answer says of itself.
///
/// `Status`, `ErrorDescription`, `Page`, `PageSize`, `TotalRecords` and `Records` are read where they stand directly
/// under the root and hold nothing but text. Source: API reference 2.2, 2.3.
struct Envelope: ~Copyable {
    /// What an element is.
    enum Place { case around, record, refusedRoot }

    private(set) var counters = AnswerCounters()
    private(set) var saysError = false
    private(set) var errorDescription = ""
    private(set) var rootIsOpen = false
    private(set) var rootIsClosed = false

    private let items: [[UInt8]]
    /// Path of the element one is in, lower case for comparing and as spelt.
    private var path: [UInt8] = []
    private var spelt: [UInt8] = []
    private var starts: [Int] = []
    private var text: [UInt8] = []
    private var isLeaf = false

    private static let longestText = 4_096

    init(items: [String]) {
        self.items = items.map { $0.utf8.map(\.lowerCased) }
    }

    /// An element outside all records begins.
    mutating func open(_ name: UnsafeBufferPointer<UInt8>) -> Place {
        starts.append(path.count)
        if !path.isEmpty {
            path.append(47)
            spelt.append(47)
        }
        for byte in name {
            path.append(byte.lowerCased)
            spelt.append(byte)
        }
        text.removeAll(keepingCapacity: true)
        isLeaf = true
        if starts.count == 1 {
            guard !rootIsClosed, isKnownRoot else { return .refusedRoot }
            rootIsOpen = true
        }
        for item in items where item.count == path.count && item == path { return .record }
        return .around
    }

    /// Text outside all records.
    mutating func add(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard text.count < Self.longestText else { return }
        text.append(contentsOf: bytes.prefix(Self.longestText - text.count))
    }

    /// The innermost element that was opened ends; `asRecord` when it was a record.
    mutating func close(asRecord: Bool = false) {
        guard let start = starts.popLast() else { return }
        if isLeaf, !asRecord { noteLeaf() }
        isLeaf = false
        path.removeLast(path.count - start)
        spelt.removeLast(spelt.count - start)
        text.removeAll(keepingCapacity: true)
        if starts.isEmpty {
            rootIsOpen = false
            rootIsClosed = true
        }
    }

    /// A record was found, readable or not.
    mutating func countRecord() { counters.pulled += 1 }

    /// The root's name as spelt, or the path one is in.
    var here: String { String(decoding: spelt, as: UTF8.self) }

    private var isKnownRoot: Bool {
        if path == Array("response".utf8) { return true }
        return items.contains { $0 == path || $0.starts(with: path + [47]) }
    }

    private mutating func noteLeaf() {
        if starts.count == 1 { noteKnown(String(decoding: text, as: UTF8.self).trimmed) }
    }

    private var rootLength: Int { (spelt.firstIndex(of: 47) ?? -1) + 1 }

    /// Takes a field of the envelope that is known; a number that does not read as one counts as not sent.
    private mutating func noteKnown(_ value: String) {
        switch String(decoding: path[rootLength...], as: UTF8.self) {
        // A recorded document writes `ID: OK` where `Status` belongs.
        case "status", "id": if value.lowercased() == "error" { saysError = true }
        case "errordescription": errorDescription = value
        case "page": counters.page = Int(value)
        case "pagesize": counters.pageSize = Int(value)
        case "totalrecords": counters.totalRecords = Int(value)
        case "records": counters.records = Int(value)
        default: break
        }
    }
}

extension String {
    /// Without white space of XML at both ends.
    var trimmed: String {
        guard let first = utf8.firstIndex(where: { !$0.isBlank }), let last = utf8.lastIndex(where: { !$0.isBlank })
        else { return "" }
        return String(self[first...last])
    }
}
