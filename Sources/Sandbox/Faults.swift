/// Something that goes wrong on demand.
struct Fault: Sendable, Codable, Hashable {
    /// What goes wrong.
    enum Kind: String, Sendable, Codable, CaseIterable {
        case status500, status503, html502, status429
        case reset
        case cutBody = "cut_body"
        case slowFirstByte = "slow_first_byte"
        case slowBody = "slow_body"
        case expireToken = "expire_token"
        case emptyBody = "empty_body"
        case validEmptyList = "valid_empty_list"
        case halfList = "half_list"
        case errorStatus = "error_status"
        case truncatedXML = "truncated_xml"
        case duplicateRows = "duplicate_rows"
        case repeatPage = "repeat_page"
        case secondRoot = "second_root"
        case illegalCharacters = "illegal_characters"
        case invalidUTF8 = "invalid_utf8"
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
    /// How many such calls go well first.
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

    init(kind: Kind) {
        self.kind = kind
    }

    /// Reads a fault; everything but `kind` may be left out.
    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(kind: try values.decode(Kind.self, forKey: .kind))
        match = try values.decodeIfPresent(String.self, forKey: .match) ?? match
        contains = try values.decodeIfPresent(String.self, forKey: .contains) ?? contains
        after = try values.decodeIfPresent(Int.self, forKey: .after) ?? after
        times = try values.decodeIfPresent(Int.self, forKey: .times) ?? times
        fraction = try values.decodeIfPresent(Double.self, forKey: .fraction) ?? fraction
        bytes = try values.decodeIfPresent(Int.self, forKey: .bytes)
        milliseconds = try values.decodeIfPresent(Int.self, forKey: .milliseconds) ?? milliseconds
        if values.contains(.retryAfter) { retryAfter = try values.decode(Int?.self, forKey: .retryAfter) }
    }

    /// Reads a fault from query parameters; nil when there is no such kind.
    init?(query: [String: String]) {
        guard let kind = query["kind"].flatMap({ Kind(rawValue: $0) }) else { return nil }
        self.init(kind: kind)
        match = query["match"] ?? match
        contains = query["contains"] ?? contains
        after = query["after"].flatMap { Int($0) } ?? after
        times = query["times"].flatMap { Int($0) } ?? times
        fraction = query["fraction"].flatMap { Double($0) } ?? fraction
        bytes = query["bytes"].flatMap { Int($0) }
        milliseconds = (query["milliseconds"] ?? query["ms"]).flatMap { Int($0) } ?? milliseconds
        if let text = query["retryafter"] ?? query["retryAfter"] { retryAfter = Int(text) }
    }
}

/// The faults waiting to happen, oldest first.
struct Faults: Sendable {
    private(set) var waiting: [Fault] = []

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
            } else if happening == nil, fault.times != 0 {
                happening = fault
                if fault.times > 0 { waiting[index].times -= 1 }
            }
        }
        waiting.removeAll { $0.times == 0 }
        return happening
    }
}
