import Foundation
import TestSupport

/// An answer of the token endpoint to a refresh, right or wrong in the ways of other vendors and of proxies.
struct TokenAnswer: Sendable {
    /// What must come of it.
    enum Verdict: String, Sendable {
        /// The pair is taken, and the run reads with it.
        case taken
        /// Only a person can help.
        case consent
        /// No pair is taken.
        case refused
        /// Nothing is said of such an answer.
        case open
    }

    /// The new pair, also where the answer hides it or holds no other.
    let access: String
    let refresh: String
    private(set) var status = 200
    private(set) var body = ""
    private(set) var verdict = Verdict.taken

    init(_ numbers: inout SeededNumbers, refreshed old: String) {
        func secret(_ kind: String) -> String {
            "\(kind)-\(String(numbers.next(), radix: 36))-\(String(numbers.next(), radix: 36))"
        }
        (access, refresh) = (secret("fresh-access"), secret("fresh-refresh"))
        var fields: [(String, String)] = [
            ("access_token", TokenAnswer.text(access)), ("refresh_token", TokenAnswer.text(refresh)),
            ("expires_in", "1800"), ("token_type", "\"Bearer\""),
        ]
        chooseStatus(&numbers)
        for _ in 0..<Int.random(in: 0...2, using: &numbers) { change(&fields, old, &numbers) }
        let object = "{" + fields.map { "\"\($0.0)\": \($0.1)" }.joined(separator: ", ") + "}"
        wrap(object, &numbers)
    }

    private static func text(_ text: String) -> String { "\"\(text)\"" }

    private mutating func chooseStatus(_ numbers: inout SeededNumbers) {
        guard Bool.random(using: &numbers) else { return }
        let all = [
            200, 201, 202, 203, 206, 226, 299, 300, 301, 302, 307, 400, 401, 403, 404, 405, 408, 409, 418, 422, 429,
        ]
        status = (all + [500, 501, 502, 503, 504, 520, 599]).randomElement(using: &numbers) ?? 200
        if !(200..<300).contains(status) { verdict = .refused }
    }

    private mutating func change(_ fields: inout [(String, String)], _ old: String, _ numbers: inout SeededNumbers) {
        func set(_ name: String, _ values: [String]) {
            fields.removeAll { $0.0 == name }
            if let value = values.randomElement(using: &numbers), !value.isEmpty { fields.append((name, value)) }
        }
        let worst: Verdict = verdict == .taken ? .refused : verdict
        switch Int.random(in: 0..<8, using: &numbers) {
        case 0:
            set(
                "access_token",
                ["", "\"\"", "null", "17", "[\(TokenAnswer.text(access))]", "{\"value\": \(TokenAnswer.text(access))}"])
            verdict = worst
        case 1: set("refresh_token", ["", "\"\"", "null"])
        case 2:
            set("expires_in", ["", "\"1800\"", "0", "-1", "1e400", "\"soon\"", "null", "99999999999999999999", "true"])
            if verdict == .taken { verdict = .open }
        case 3:
            fields.removeAll { $0.0.hasSuffix("_token") }
            fields += [("accessToken", TokenAnswer.text(access)), ("refreshToken", TokenAnswer.text(refresh))]
            verdict = worst
        case 4, 5:
            if Bool.random(using: &numbers) { fields.removeAll { $0.0.hasSuffix("_token") } }
            set("error", ["\"invalid_grant\"", "\"invalid_client\"", "\"server_error\"", "7"])
            set("error_description", ["", "\"the token \(old) is spent\"", "\"\(old) \\u001b[2J\""])
            let isGrant = fields.contains { $0 == ("error", "\"invalid_grant\"") }
            if fields.contains(where: { $0.0 == "access_token" }) {
                verdict = .open
            } else {
                verdict = isGrant && status < 500 ? .consent : .refused
            }
        case 6: fields.append(("scope", TokenAnswer.text(access + " " + old)))
        default: fields.shuffle(using: &numbers)
        }
    }

    private mutating func wrap(_ object: String, _ numbers: inout SeededNumbers) {
        let choice = Int.random(in: 0..<16, using: &numbers)
        switch choice {
        case 0: body = "[\(object)]"
        case 1: body = "{\"data\": \(object)}"
        case 2: body = String(object.dropLast(Int.random(in: 1...20, using: &numbers)))
        case 3: body = "access_token=\(access)&refresh_token=\(refresh)&expires_in=1800"
        case 4: body = "<html><body>\(access)</body></html>"
        case 5: body = "\u{FEFF}\(object)"
        case 6: body = object + "\n{}"
        case 7: body = TokenAnswer.text(object.replacing("\"", with: "\\\""))
        case 8: body = ""
        default: body = object
        }
        guard choice <= 8 else { return }
        verdict = [5, 6].contains(choice) || verdict == .consent ? .open : .refused
    }

    /// What is odd about it, in short.
    var summary: String { "token answer \(status) \(verdict.rawValue) \(body)" }
}
