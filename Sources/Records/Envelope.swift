internal import Inflow

/// What lies around the records of an answer: the place in the document, and what the answer says of itself.
///
/// `Status`, `ErrorDescription`, `Page`, `PageSize`, `TotalRecords` and `Records` are read where they stand directly
/// under the root and hold nothing but text. Source: API reference 2.2, 2.3.
///
/// An answer without records proves that there are none only in two forms: it holds the container of its records and
/// nothing unknown, or it is an explicit `Status` OK and otherwise empty. A renamed container, an error description or
/// `<Response/>` prove nothing (decision 0015).
struct Envelope: ~Copyable {
    /// What an element is.
    enum Place { case around, record, refusedRoot }

    private(set) var counters = AnswerCounters()
    /// Elements around the records that are not known, by path below the root; at most 32, texts of at most 200
    /// characters.
    private(set) var unknown: [String: String] = [:]
    /// Whether the answer says that it is an error: a status other than OK in any spelling, or a description of one.
    private(set) var saysError = false
    private(set) var errorDescription = ""
    /// The first counter whose value is not a count, with its value.
    private(set) var unreadableCounter: String?
    private var saysOK = false
    private var holdsContainer = false
    private(set) var rootIsOpen = false
    private(set) var rootIsClosed = false

    private let items: [[UInt8]]
    /// Path of the element one is in, lower case for comparing and as spelt.
    private var path: [UInt8] = []
    private var spelt: [UInt8] = []
    private var starts: [Int] = []
    private var text: [UInt8] = []
    private var isLeaf = false
    /// For each element one is in, whether an unknown value stands directly in it.
    private var holdsValue: [Bool] = []

    private static let longestText = 4_096
    static let mostUnknown = 32

    init(items: [String]) {
        self.items = items.map { $0.utf8.map(\.lowerCased) }
    }

    /// An element outside all records begins.
    mutating func open(_ name: UnsafeBufferPointer<UInt8>) -> Place {
        if starts.count == 1 { noteRootText() }
        starts.append(path.count)
        holdsValue.append(false)
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
        if isContainer { holdsContainer = true }
        return .around
    }

    /// An attribute of an element outside all records; only the root's `status` has a meaning.
    mutating func attribute(_ name: String, value: String) {
        guard starts.count == 1, name.lowercased() == "status" else { return }
        _ = noteStatus(value.trimmed)
    }

    /// Text outside all records.
    mutating func add(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard text.count < Self.longestText else { return }
        text.append(contentsOf: bytes.prefix(Self.longestText - text.count))
    }

    /// The innermost element that was opened ends; `asRecord` when it was a record.
    mutating func close(asRecord: Bool = false) {
        guard let start = starts.popLast() else { return }
        let held = holdsValue.popLast() ?? false
        if isLeaf, !asRecord {
            noteLeaf(from: start)
        } else if starts.isEmpty {
            noteRootText()
        } else if held, !isContainer {
            counters.outside += 1
        }
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

    /// Why an answer without records does not prove that there are none; `nil` where it does.
    var missingProof: String? {
        if let (path, value) = unknown.min(by: { $0.key < $1.key }) {
            let text = value.isEmpty ? "" : " (\"\(value)\")"
            return "no records where they belong, but the unknown element \(path)\(text)"
        }
        return holdsContainer || saysOK ? nil : "neither records, nor an empty list of them, nor Status OK"
    }

    /// Whether records stand somewhere below the current element, which is not the envelope itself.
    private var isContainer: Bool {
        path != Array("response".utf8) && items.contains { $0.starts(with: path + [47]) }
    }

    /// Notes an element without elements of its own, which ends at the current path and begins there at `start`.
    private mutating func noteLeaf(from start: Int) {
        guard !starts.isEmpty else { return noteRootText() }
        let value = String(decoding: text, as: UTF8.self).trimmed
        if isContainer, value.isEmpty { return }
        if starts.count == 1 {
            if noteKnown(value) { return }
        } else if items.contains(where: { $0.starts(with: path[..<start] + [47]) }) {
            // It stands among the records under another name.
            counters.outside += 1
        } else {
            holdsValue[holdsValue.count - 1] = true
        }
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

    /// Takes a field of the envelope that is known; `false` when it is not.
    private mutating func noteKnown(_ value: String) -> Bool {
        let name = String(decoding: path[rootLength...], as: UTF8.self)
        switch name {
        case "status": return noteStatus(value)
        case "id":
            // A recorded document writes `ID: OK` where `Status` belongs; any other value is an identifier.
            return ["ok", "error"].contains(value.lowercased()) && noteStatus(value)
        case "errordescription":
            if errorDescription.isEmpty { errorDescription = value }
            saysError = saysError || !value.isEmpty
        case "page": counters.page = count(value, of: "Page")
        case "pagesize": counters.pageSize = count(value, of: "PageSize")
        case "totalrecords": counters.totalRecords = count(value, of: "TotalRecords")
        case "records": counters.records = count(value, of: "Records")
        default: return false
        }
        return true
    }

    private mutating func count(_ value: String, of name: String) -> Int? {
        if let count = Int(value), !value.hasPrefix("-") { return count }
        unreadableCounter = unreadableCounter ?? "\(name) \"\(value.prefix(200))\""
        return nil
    }

    /// Takes a status; an empty one says nothing.
    private mutating func noteStatus(_ value: String) -> Bool {
        switch value.lowercased() {
        case "ok": saysOK = true
        case "": return false
        case "error": saysError = true
        default:
            saysError = true
            if errorDescription.isEmpty { errorDescription = "Status \(value.prefix(200))" }
        }
        return true
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
