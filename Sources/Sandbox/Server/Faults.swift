/// Something that goes wrong on demand.
struct Fault: Sendable, Codable, Hashable {
    /// What goes wrong.
    enum Kind: String, Sendable, Codable, CaseIterable {
        case status403, status500, status503, html502, status429
        case reset
        case cutBody = "cut_body"
        case slowFirstByte = "slow_first_byte"
        case slowBody = "slow_body"
        case expireToken = "expire_token"
        case emptyBody = "empty_body"
        /// A well-formed list without a record, whose counters say that there is none.
        case validEmpty = "valid_empty"
        /// The same, but counters go on telling how many there are.
        case validEmptyList = "valid_empty_list"
        /// A well-formed list of every second record, whose counters count only those.
        case halfList = "half_list"
        /// The same, but counters go on counting all.
        case halfPage = "half_page"
        case errorStatus = "error_status"
        case truncatedXML = "truncated_xml"
        case duplicateRows = "duplicate_rows"
        case repeatPage = "repeat_page"
        case secondRoot = "second_root"
        case illegalCharacters = "illegal_characters"
        case invalidUTF8 = "invalid_utf8"
        /// A body that is not well-formed where the text `holding` stands in it; one without it is as it should be.
        case brokenRecord = "broken_record"
        /// At the token endpoint: rotates, then resets the connection.
        case answerLost = "answer_lost"
        /// At the token endpoint: refuses without rotating.
        case invalidGrant = "invalid_grant"
    }

    /// What goes wrong.
    var kind: Kind
    /// The start of the path of the calls it happens to.
    var match = "/"
    /// A part of path and query the call must have.
    var contains = ""
    /// How many such calls go well first; `nth` in a request is one more than this.
    var after = 0
    /// How many calls it happens to then; below zero always.
    var times = 1
    /// The part of the body sent before it is cut.
    var fraction = 0.5
    /// The bytes sent before the body is cut, instead of a part.
    var bytes: Int?
    /// How long slow answers take.
    var milliseconds = 1000
    /// `Retry-After` of a 429 in seconds; nil sends none.
    var retryAfter: Int? = 2
    /// Whether `Retry-After` is an HTTP date.
    var asDate = false
    /// Why a 429 says that it refuses: `minute`, `day`, `concurrent`; nil says nothing.
    var problem: String?
    /// The share of matching calls it happens to, from 0 to 1, by a fixed sequence.
    var rate = 1.0
    /// The text whose place in the body is broken.
    var holding = ""

    private enum Nth: String, CodingKey { case nth }

    init(kind: Kind) {
        self.kind = kind
    }

    /// What the fault leaves of a list before it is cut into pages.
    var thinning: Thinning {
        switch kind {
        case .validEmpty: .nothing
        case .halfList: .everySecond
        default: .all
        }
    }

    /// Reads a fault; everything but `kind` may be left out.
    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(kind: try values.decode(Kind.self, forKey: .kind))
        match = try values.decodeIfPresent(String.self, forKey: .match) ?? match
        contains = try values.decodeIfPresent(String.self, forKey: .contains) ?? contains
        after = try values.decodeIfPresent(Int.self, forKey: .after) ?? after
        if let nth = try decoder.container(keyedBy: Nth.self).decodeIfPresent(Int.self, forKey: .nth) {
            after = max(0, nth - 1)
        }
        times = try values.decodeIfPresent(Int.self, forKey: .times) ?? times
        fraction = try values.decodeIfPresent(Double.self, forKey: .fraction) ?? fraction
        bytes = try values.decodeIfPresent(Int.self, forKey: .bytes)
        milliseconds = try values.decodeIfPresent(Int.self, forKey: .milliseconds) ?? milliseconds
        if values.contains(.retryAfter) { retryAfter = try values.decode(Int?.self, forKey: .retryAfter) }
        asDate = try values.decodeIfPresent(Bool.self, forKey: .asDate) ?? asDate
        problem = try values.decodeIfPresent(String.self, forKey: .problem)
        rate = try values.decodeIfPresent(Double.self, forKey: .rate) ?? rate
        holding = try values.decodeIfPresent(String.self, forKey: .holding) ?? holding
    }

    /// Reads a fault from query parameters; nil when there is no such kind.
    init?(query: [String: String]) {
        guard let kind = query["kind"].flatMap({ Kind(rawValue: $0) }) else { return nil }
        self.init(kind: kind)
        match = query["match"] ?? match
        contains = query["contains"] ?? contains
        after = query["after"].flatMap { Int($0) } ?? after
        if let nth = query["nth"].flatMap({ Int($0) }) { after = max(0, nth - 1) }
        times = query["times"].flatMap { Int($0) } ?? times
        fraction = query["fraction"].flatMap { Double($0) } ?? fraction
        bytes = query["bytes"].flatMap { Int($0) }
        milliseconds = (query["milliseconds"] ?? query["ms"]).flatMap { Int($0) } ?? milliseconds
        if let text = query["retryafter"] ?? query["retryAfter"] { retryAfter = Int(text) }
        rate = query["rate"].flatMap { Double($0) } ?? rate
    }
}

/// What is left of a list.
enum Thinning: Sendable {
    case all, everySecond, nothing

    /// The rows left.
    func thinned<Row>(_ rows: [Row]) -> [Row] {
        switch self {
        case .all: rows
        case .everySecond: rows.enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
        case .nothing: []
        }
    }
}

/// The faults waiting to happen, oldest first.
struct Faults: Sendable {
    private(set) var waiting: [Fault] = []
    /// Decides about faults of a rate: the same for the same calls in the same order.
    private var random = SeededGenerator(seed: 7)

    /// Adds a fault.
    mutating func add(_ fault: Fault) {
        waiting.append(fault)
    }

    /// Forgets all faults.
    mutating func removeAll() {
        waiting.removeAll()
    }

    /// The fault that happens to this call, if any; counts the call for every fault it matches.
    mutating func next(path: String, query: String) -> Fault? {
        var happening: Fault?
        for index in waiting.indices {
            let fault = waiting[index]
            guard path.lowercased().hasPrefix(fault.match.lowercased()),
                fault.contains.isEmpty || "\(path)?\(query)".contains(fault.contains)
            else { continue }
            if fault.after > 0 {
                waiting[index].after -= 1
            } else if fault.rate < 1, !random.chance(Int(fault.rate * 1000)) {
                continue
            } else if happening == nil, fault.times != 0 {
                happening = fault
                if fault.times > 0 { waiting[index].times -= 1 }
            }
        }
        waiting.removeAll { $0.times == 0 }
        return happening
    }
}
