internal import Foundation

/// How a setting's value is written as text and read back.
struct SettingForm<Value: Sendable>: Sendable {
    let print: @Sendable (Value) -> String
    let parse: @Sendable (String) throws(SettingFault) -> Value
}

/// What is wrong with a text that a person gave for a setting.
struct SettingFault: Error {
    let words: String
}

extension SettingForm where Value == Int {
    static func number(_ range: ClosedRange<Int>) -> SettingForm<Int> {
        SettingForm(print: { String($0) }) { text throws(SettingFault) in
            guard let number = Int(text), range.contains(number) else {
                throw SettingFault(
                    words: "\"\(text)\" is not a whole number from \(range.lowerBound) to \(range.upperBound)")
            }
            return number
        }
    }
}

extension SettingForm where Value == Bool {
    static var choice: SettingForm<Bool> {
        SettingForm(print: { $0 ? "yes" : "no" }) { text throws(SettingFault) in
            switch text.lowercased() {
            case "yes", "true": return true
            case "no", "false": return false
            default: throw SettingFault(words: "\"\(text)\" is neither yes nor no")
            }
        }
    }
}

extension SettingForm where Value == String {
    static var text: SettingForm<String> {
        SettingForm(print: { $0 }) { text throws(SettingFault) in
            guard !text.isEmpty else { throw SettingFault(words: "it must not be empty") }
            return text
        }
    }

    /// An address that paths are added to: it loses its last slash.
    static var address: SettingForm<String> {
        SettingForm(print: { $0 }) { text throws(SettingFault) in
            guard let url = URL(string: text), url.scheme == "https" || url.scheme == "http", url.host != nil else {
                throw SettingFault(words: "\"\(text)\" is not an http or https address")
            }
            // The text may hold a password, so the fault does not repeat it.
            guard url.user == nil, url.password == nil else {
                throw SettingFault(words: "the address must not hold a user or a password")
            }
            return text.hasSuffix("/") ? String(text.dropLast()) : text
        }
    }

    /// An address that must equal the one registered at the platform, so it stays as it is; or nothing.
    static var redirect: SettingForm<String> {
        SettingForm(print: { $0 }) { text throws(SettingFault) in
            guard !text.isEmpty else { return "" }
            guard let url = URL(string: text), url.scheme == "https" || url.scheme == "http", url.host != nil,
                url.query == nil, url.fragment == nil
            else { throw SettingFault(words: "\"\(text)\" is not an http or https address without a query") }
            return text
        }
    }
}

extension SettingForm where Value == [ValueKind] {
    /// Kinds of values in order of worth, parted by commas; a kind counts once, where it comes first.
    static var kinds: SettingForm<[ValueKind]> {
        SettingForm(print: { $0.isEmpty ? ValueKind.none : $0.map(\.rawValue).joined(separator: ",") }) {
            text throws(SettingFault) in
            guard text.trimmed.lowercased() != ValueKind.none else { return [] }
            var kinds: [ValueKind] = []
            for word in text.split(separator: ",", omittingEmptySubsequences: false) {
                guard let kind = ValueKind(word: String(word)) else {
                    let known = ValueKind.allCases.map(\.rawValue).joined(separator: ", ")
                    throw SettingFault(
                        words: "\"\(word)\" is no kind of values: the kinds are \(known), or none for nothing")
                }
                if !kinds.contains(kind) { kinds.append(kind) }
            }
            return kinds
        }
    }
}

extension SettingForm where Value == String {
    /// An address that is called over https, or on this machine over http; or nothing.
    static var ping: SettingForm<String> {
        SettingForm(print: { $0 }) { text throws(SettingFault) in
            guard !text.isEmpty else { return "" }
            // The text is a secret of a kind, so no fault repeats it.
            guard let url = URL(string: text), let host = url.host, url.user == nil, url.password == nil,
                url.scheme == "https" || url.scheme == "http" && ["localhost", "127.0.0.1", "::1"].contains(host)
            else {
                throw SettingFault(
                    words: "it must be an https address (http only for this machine) without a user or a password")
            }
            return text
        }
    }
}

extension SettingForm where Value == TimeZone {
    static var timeZone: SettingForm<TimeZone> {
        SettingForm(print: { $0.identifier }) { text throws(SettingFault) in
            guard let zone = TimeZone(identifier: text) else {
                throw SettingFault(words: "\"\(text)\" is not an IANA time zone such as Pacific/Auckland")
            }
            return zone
        }
    }
}

extension SettingForm where Value == LocalDate {
    static var day: SettingForm<LocalDate> {
        SettingForm(print: { $0.description }) { text throws(SettingFault) in
            guard let day = LocalDate(text) else {
                throw SettingFault(words: "\"\(text)\" is not a date as yyyy-MM-dd")
            }
            return day
        }
    }
}

extension SettingForm where Value == DigestSchedule {
    static var digest: SettingForm<DigestSchedule> {
        SettingForm(print: { $0.description }) { text throws(SettingFault) in
            guard let schedule = DigestSchedule(text) else {
                throw SettingFault(
                    words: "\"\(text)\" is not a day of the week and a time of day, as in monday 08:00, nor off")
            }
            return schedule
        }
    }
}

extension SettingForm where Value == SuccessMail {
    static var successMail: SettingForm<SuccessMail> {
        SettingForm(print: { $0.rawValue }) { text throws(SettingFault) in
            guard let choice = SuccessMail(rawValue: text.trimmed.lowercased()) else {
                let known = SuccessMail.allCases.map(\.rawValue).joined(separator: ", ")
                throw SettingFault(words: "\"\(text)\" is none of \(known)")
            }
            return choice
        }
    }
}
