internal import Inflow

/// What lies around the records of an answer: where one is, and what the answer says of itself.
///
/// `Status`, `ErrorDescription`, `Page`, `PageSize`, `TotalRecords` and `Records` are read where they stand directly
/// under the root and hold nothing but text. Source: API reference 2.2, 2.3.
struct Envelope: ~Copyable {
    /// What an element is.
    enum Place { case around, record, refusedRoot }

    private(set) var counters = AnswerCounters()
    /// Elements around the records that are not known, by path below the root; at most 32, texts of at most 200
    /// characters.
    private(set) var unknown: [String: String] = [:]
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
    private static let mostUnknown = 32

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
        guard starts.count >= 1 else { return noteRootText() }
        let value = String(decoding: text, as: UTF8.self).trimmed
        if starts.count == 1, noteKnown(value) { return }
        let isContainer = items.contains { $0.starts(with: path + [47]) }
        if isContainer, value.isEmpty { return }
        note(value, at: String(decoding: spelt[rootLength...], as: UTF8.self))
    }

    private mutating func noteRootText() {
        let value = String(decoding: text, as: UTF8.self).trimmed
        if !value.isEmpty { note(value, at: "#text") }
    }

    private var rootLength: Int { (spelt.firstIndex(of: 47) ?? -1) + 1 }

    private mutating func note(_ value: String, at path: String) {
        guard unknown.count < Self.mostUnknown, unknown[path] == nil else { return }
        unknown[String(path.prefix(200))] = String(value.prefix(200))
    }

    /// Takes a field of the envelope that is known; `false` when it is not, or its text is not what it should be.
    private mutating func noteKnown(_ value: String) -> Bool {
        let name = String(decoding: path[rootLength...], as: UTF8.self)
        switch name {
        case "status", "id":
            // A recorded document writes `ID: OK` where `Status` belongs.
            return noteStatus(value)
        case "errordescription":
            errorDescription = value
        case "page":
            counters.page = Int(value)
            return counters.page != nil
        case "pagesize":
            counters.pageSize = Int(value)
            return counters.pageSize != nil
        case "totalrecords":
            counters.totalRecords = Int(value)
            return counters.totalRecords != nil
        case "records":
            counters.records = Int(value)
            return counters.records != nil
        default:
            return false
        }
        return true
    }

    private mutating func noteStatus(_ value: String) -> Bool {
        switch value.lowercased() {
        case "ok": return true
        case "error":
            saysError = true
            return true
        default: return false
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
