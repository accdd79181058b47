internal import Curl
internal import Inflow

extension CallsLeft {
    /// What the headers of an answer say is left, in whichever spelling; what is not a whole number says nothing.
    ///
    /// `X-RateLimit-Remaining` is of the minute. Source: reference §2.7, §7 (API V2); Xero's names as in API 3.1.
    init(_ headers: CurlHeaders) {
        self.init(
            minute: CallsLeft.number(headers["X-MinLimit-Remaining"] ?? headers["X-RateLimit-Remaining"]),
            day: CallsLeft.number(headers["X-DayLimit-Remaining"]))
    }

    private static func number(_ text: String?) -> Int? {
        guard let text, let number = Int(text.trimmingSpaces), number >= 0 else { return nil }
        return number
    }
}

extension String {
    fileprivate var trimmingSpaces: Substring {
        var rest = self[...]
        while rest.last == " " { rest.removeLast() }
        return rest.drop { $0 == " " }
    }
}
