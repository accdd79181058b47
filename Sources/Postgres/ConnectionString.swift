import CLibPQ
import Foundation

/// A connection string taken apart: libpq's keywords and values, ours added where it is silent.
struct ConnectionString {
    private(set) var values: [String: String] = [:]
    /// The variable of the environment from which libpq reads each keyword that has one.
    private var variables: [String: String] = [:]

    /// Takes a libpq URL or pairs of key and value.
    ///
    /// The refusal never quotes the string, which may hold a password.
    init(_ text: String) throws(PostgresError) {
        var problem: UnsafeMutablePointer<CChar>?
        guard !text.utf8.contains(0), let options = PQconninfoParse(text, &problem) else {
            PQfreemem(problem)
            throw PostgresError(
                .cannotConnect, detail: "The connection string cannot be read.",
                hint: "Write postgresql://user@host:5432/database or key=value pairs; encode special characters as %XX."
            )
        }
        defer { PQconninfoFree(options) }
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { values[String(cString: keyword)] = String(cString: value) }
            if let variable = option.pointee.envvar { variables[String(cString: keyword)] = String(cString: variable) }
            option += 1
        }
        guard !isTorn(text) else {
            throw PostgresError(
                .cannotConnect,
                detail: "The connection string cannot be read: its password holds a character that ends it.",
                hint: "Write @ in a password as %40, / as %2F, : as %3A, ? as %3F and # as %23.")
        }
    }

    /// Whether a part of the password has become host, port or database, where errors would show it.
    private func isTorn(_ text: String) -> Bool {
        guard text.hasPrefix("postgresql://") || text.hasPrefix("postgres://") else { return false }
        let parts = ["host", "port", "dbname"].compactMap { values[$0] }
        let isNoPort = values["port"]?.contains { !$0.isNumber && $0 != "," } == true
        return isNoPort || parts.contains { $0.contains("@") }
    }

    /// The same server for another role: with values in place of its own.
    ///
    /// What the first role had of passwords and options is left out; without values nothing changes.
    func replacing(_ replaced: [String: String]) -> ConnectionString {
        guard !replaced.isEmpty else { return self }
        var string = self
        for keyword in ["password", "passfile", "options", "service"] { string.values[keyword] = nil }
        string.values.merge(replaced) { $1 }
        return string
    }

    /// The values as libpq's variables (`PGHOST`, `PGPASSWORD` …), for a program whose arguments everyone can see.
    ///
    /// `replaced` are those of another role (``replacing(_:)``). The few keywords without a variable are about the
    /// network and not needed.
    func environment(replacing replaced: [String: String] = [:]) -> [String: String] {
        var environment: [String: String] = [:]
        for (keyword, value) in replacing(replaced).values {
            if let variable = variables[keyword] { environment[variable] = value }
        }
        return environment
    }

    /// Adds what Inflow wants of each session: a time limit for connecting, signs of life on a silent line, UTF-8.
    mutating func complete(applicationName: String) {
        let defaults = [
            "connect_timeout": "10", "keepalives": "1", "keepalives_idle": "30", "keepalives_interval": "10",
            "keepalives_count": "3",
        ]
        values.merge(defaults) { given, _ in given }
        values["application_name"] = applicationName
        values["client_encoding"] = "UTF8"
    }

    /// Seconds to wait for a session; zero waits for ever.
    ///
    /// One second is taken as two, as libpq does.
    var timeout: Int {
        let seconds = values["connect_timeout"].flatMap { Int($0) } ?? 10
        return seconds == 1 ? 2 : max(0, seconds)
    }

    /// Takes the password out of a text of libpq's, should it ever be in it.
    func redact(_ text: String) -> String {
        guard let password = values["password"], !password.isEmpty else { return text }
        return text.replacingOccurrences(of: password, with: "•••")
    }
}
