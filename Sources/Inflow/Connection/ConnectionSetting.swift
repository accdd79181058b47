/// One setting of a connection, as `connection set` and `connection show` know it.
public struct ConnectionSetting: Sendable {
    /// Its name on the command line and in the warehouse; never changes its meaning.
    public let name: String
    /// Its default as text; for a value that belongs to one organisation, where it comes from, or nothing.
    public let defaultText: String
    /// What it means, with its unit.
    public let help: String
    /// Its present value as text, which ``parse`` takes back.
    public let print: @Sendable (ConnectionSettings) -> String
    /// Sets it from text; returns what is wrong with the text, which then changes nothing, or `nil`.
    public let parse: @Sendable (String, inout ConnectionSettings) -> String?

    /// Settings that have a column of their own in the warehouse; it keeps the others together, by name.
    public static let columns: Set<String> = [
        "account-id", "client-id", "api-url", "token-url", "authorise-url", "time-zone", "fiscal-year-start",
        "first-date", "calls-at-once", "calls-per-minute", "calls-per-day", "first-byte-seconds", "job-status-list",
        "late-entry-days",
    ]

    /// A setting whose value lies at `path`.
    init<Value: Sendable>(
        _ name: String, defaultText: String, help: String,
        at path: any WritableKeyPath<ConnectionSettings, Value> & Sendable, _ form: SettingForm<Value>
    ) {
        self.name = name
        self.defaultText = defaultText
        self.help = help
        print = { form.print($0[keyPath: path]) }
        parse = { text, settings in
            do throws(SettingFault) {
                settings[keyPath: path] = try form.parse(text)
                return nil
            } catch {
                return error.words
            }
        }
    }
}

/// A setting with a default, as a value of its Swift type: a row of the table from which `ConnectionSettings` is made.
public struct TypedSetting<Value: Sendable>: Sendable {
    /// Its name on the command line and in the warehouse.
    public let name: String
    /// The value of a connection whose person never set another.
    public let defaultValue: Value
    let help: String
    let form: SettingForm<Value>

    /// The setting for a person: names and texts, its value at `path`.
    func row(_ path: any WritableKeyPath<ConnectionSettings, Value> & Sendable) -> ConnectionSetting {
        ConnectionSetting(name, defaultText: form.print(defaultValue), help: help, at: path, form)
    }
}

extension TypedSetting where Value == Int {
    static func number(
        _ name: String, default value: Int, in range: ClosedRange<Int>, help: String
    ) -> TypedSetting<Int> {
        TypedSetting(name: name, defaultValue: value, help: help, form: .number(range))
    }
}

extension TypedSetting where Value == Bool {
    static func choice(_ name: String, default value: Bool, help: String) -> TypedSetting<Bool> {
        TypedSetting(name: name, defaultValue: value, help: help, form: .choice)
    }
}

extension TypedSetting where Value == String {
    static func address(_ name: String, default value: String, help: String) -> TypedSetting<String> {
        TypedSetting(name: name, defaultValue: value, help: help, form: .address)
    }

    static func redirect(_ name: String, default value: String, help: String) -> TypedSetting<String> {
        TypedSetting(name: name, defaultValue: value, help: help, form: .redirect)
    }

    static func ping(_ name: String, default value: String, help: String) -> TypedSetting<String> {
        TypedSetting(name: name, defaultValue: value, help: help, form: .ping)
    }
}

extension TypedSetting where Value == [ValueKind] {
    static func kinds(_ name: String, default value: [ValueKind], help: String) -> TypedSetting<[ValueKind]> {
        TypedSetting(name: name, defaultValue: value, help: help, form: .kinds)
    }
}
