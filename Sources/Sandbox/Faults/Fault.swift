/// One fault the sandbox plays: what goes wrong (`kind`), at which calls, and how often.
struct Fault: Sendable, Codable, Hashable {
    /// The kind of failure that a matching call meets.
    var kind: FaultKind
    /// The start of the path of the calls that the fault can happen to.
    var match = "/"
    /// A part of path and query that the call must have.
    var contains = ""
    /// The number of matching calls that go well first; `nth` in a request is one more than this.
    var after = 0
    /// The number of calls it then happens to; a negative number means always.
    var times = 1
    /// The share of matching calls it happens to, from 0 to 1, by a fixed sequence.
    var rate = 1.0

    /// The HTTP status of an answer; nil takes the kind's own (`FaultKind.status`).
    var status: Int?
    /// The words of an error, the spelling of a status or of a counter, or the new name of an element.
    ///
    /// `{identifier}` stands for the last part of the call's path.
    var text: String?
    /// The text of `Status` in an error body; nil is `ERROR`, empty leaves the element out.
    var spelling: String?
    /// The whole body of an `answer`.
    var body = ""
    /// The headers of an `answer`, or more headers on the answer of another kind.
    var headers: [String: String] = [:]
    /// The name under which `/sandbox/release` lets a held answer go.
    var name = "held"
    /// The number of records that a cut list keeps.
    var most = 100
    /// Whether the records that a cut list keeps come from all over it, instead of from its beginning.
    var spread = false
    /// The part of the body sent before it is cut.
    var fraction = 0.5
    /// The bytes sent before the body is cut, instead of a part; or the length of a long head.
    var bytes: Int?
    /// The duration of slow answers.
    var milliseconds = 1000
    /// `Retry-After` of a 429 or 503 in seconds; nil sends none.
    var retryAfter: Int?
    /// Whether `Retry-After` is an HTTP date.
    var asDate = false
    /// Whether `Retry-After` is the instant in seconds since 1970, as some platforms write it by mistake.
    var asEpoch = false
    /// The limit that a 429 names: `minute`, `day`, `concurrent`; nil names none.
    var problem: String?
    /// The text whose place in the body is broken.
    var holding = ""
    /// The instant (seconds since 1970) until which a `quota_ends` that has begun refuses calls.
    private(set) var until: Double?

    private enum Nth: String, CodingKey { case nth }

    /// Makes a fault that happens once, to the next call.
    init(kind: FaultKind) {
        self.kind = kind
        if kind == .status429 { retryAfter = 2 }
    }

    /// Reads a fault; every field but `kind` may be left out.
    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(kind: try values.decode(FaultKind.self, forKey: .kind))
        match = try values.decodeIfPresent(String.self, forKey: .match) ?? match
        contains = try values.decodeIfPresent(String.self, forKey: .contains) ?? contains
        after = try values.decodeIfPresent(Int.self, forKey: .after) ?? after
        if let nth = try decoder.container(keyedBy: Nth.self).decodeIfPresent(Int.self, forKey: .nth) {
            after = max(0, nth - 1)
        }
        times = try values.decodeIfPresent(Int.self, forKey: .times) ?? times
        rate = try values.decodeIfPresent(Double.self, forKey: .rate) ?? rate
        status = try values.decodeIfPresent(Int.self, forKey: .status)
        text = try values.decodeIfPresent(String.self, forKey: .text)
        spelling = try values.decodeIfPresent(String.self, forKey: .spelling)
        body = try values.decodeIfPresent(String.self, forKey: .body) ?? body
        headers = try values.decodeIfPresent([String: String].self, forKey: .headers) ?? headers
        name = try values.decodeIfPresent(String.self, forKey: .name) ?? name
        most = try values.decodeIfPresent(Int.self, forKey: .most) ?? most
        spread = try values.decodeIfPresent(Bool.self, forKey: .spread) ?? spread
        fraction = try values.decodeIfPresent(Double.self, forKey: .fraction) ?? fraction
        bytes = try values.decodeIfPresent(Int.self, forKey: .bytes)
        milliseconds = try values.decodeIfPresent(Int.self, forKey: .milliseconds) ?? milliseconds
        if values.contains(.retryAfter) { retryAfter = try values.decode(Int?.self, forKey: .retryAfter) }
        asDate = try values.decodeIfPresent(Bool.self, forKey: .asDate) ?? asDate
        asEpoch = try values.decodeIfPresent(Bool.self, forKey: .asEpoch) ?? asEpoch
        problem = try values.decodeIfPresent(String.self, forKey: .problem)
        holding = try values.decodeIfPresent(String.self, forKey: .holding) ?? holding
    }

    /// Reads a fault from query parameters, whose names are in lower case; nil when there is no such kind.
    init?(query: [String: String]) {
        guard let kind = query["kind"].flatMap({ FaultKind(rawValue: $0) }) else { return nil }
        self.init(kind: kind)
        match = query["match"] ?? match
        contains = query["contains"] ?? contains
        after = query["after"].flatMap { Int($0) } ?? after
        if let nth = query["nth"].flatMap({ Int($0) }) { after = max(0, nth - 1) }
        times = query["times"].flatMap { Int($0) } ?? times
        rate = query["rate"].flatMap { Double($0) } ?? rate
        status = query["status"].flatMap { Int($0) }
        (text, spelling, problem) = (query["text"], query["spelling"], query["problem"])
        body = query["body"] ?? body
        name = query["name"] ?? name
        most = query["most"].flatMap { Int($0) } ?? most
        spread = query["spread"] == "true"
        fraction = query["fraction"].flatMap { Double($0) } ?? fraction
        bytes = query["bytes"].flatMap { Int($0) }
        milliseconds = (query["milliseconds"] ?? query["ms"]).flatMap { Int($0) } ?? milliseconds
        if let text = query["retryafter"] { retryAfter = Int(text) }
        asDate = query["asdate"] == "true"
        asEpoch = query["asepoch"] == "true"
        holding = query["holding"] ?? holding
    }

    /// What the fault leaves of a list before it is cut into pages.
    var thinning: Thinning {
        switch kind {
        case .validEmpty: .nothing
        case .halfList: .everySecond
        case .cutList: spread ? .spread(max(0, most)) : .first(max(0, most))
        default: .all
        }
    }

    /// The text of `Retry-After`, if there is to be one, at a time of the platform's clock.
    func retryAfterText(now: Double) -> String? {
        guard let retryAfter else { return nil }
        if asEpoch { return "\(Int(now) + retryAfter)" }
        return asDate ? PlatformClock.header(now + Double(retryAfter)) : "\(retryAfter)"
    }

    /// Takes the quota of the day away, until the next midnight (UTC) after `now`.
    mutating func endQuota(now: Double) {
        until = (now / 86_400).rounded(.down) * 86_400 + 86_400
    }
}

/// The part of a list that a fault leaves.
enum Thinning: Sendable {
    case all, everySecond, nothing
    /// The first rows only, without a word about the others.
    case first(Int)
    /// As many rows at even distances.
    case spread(Int)

    /// The rows that are left.
    func thinned<Row>(_ rows: [Row]) -> [Row] {
        switch self {
        case .all: rows
        case .everySecond: rows.enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
        case .nothing: []
        case .first(let most): Array(rows.prefix(most))
        case .spread(let most):
            rows.count <= most ? rows : (0..<most).map { rows[$0 * rows.count / most] }
        }
    }
}
