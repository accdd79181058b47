import Foundation

/// Checks what `config.json` holds before it is read.
///
/// The reader of settings takes a value of another type for one that is not there, and leaves out what it does not know:
/// a misspelt `database.url` would lead to the private PostgreSQL. Here both are errors that name the setting.
enum ConfigurationFile {
    /// What the value of a setting is.
    private enum Kind: String {
        case text = "a text"
        case number = "a whole number"
    }

    private static let settings: [String: Kind] = [
        "inflow.database.url": .text, "inflow.secret.key.file": .text, "inflow.log.level": .text,
        "inflow.worker.patience": .number,
    ]

    /// A value of JSON, as far as types matter here.
    private enum Value: Decodable {
        case object([String: Value])
        case text, number, other

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            if let object = try? value.decode([String: Value].self) {
                self = .object(object)
            } else if (try? value.decode(Bool.self)) != nil {
                self = .other
            } else if (try? value.decode(Int.self)) != nil {
                self = .number
            } else {
                self = (try? value.decode(String.self)) == nil ? .other : .text
            }
        }
    }

    /// Checks the file; one that is not there is well.
    ///
    /// - Throws: `UserError`, naming the setting and what it must be.
    static func check(_ path: String) throws {
        guard FileManager.default.fileExists(atPath: path) else { return }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw refusal(path, "cannot be read. Give this user leave to read it")
        }
        // What is no JSON at all, the reader of settings says.
        guard let value = try? JSONDecoder().decode(Value.self, from: data) else { return }
        guard case .object(let root) = value else {
            throw refusal(path, "holds no JSON object. Correct or remove it")
        }
        try check(root, below: "", path)
    }

    private static func check(_ object: [String: Value], below place: String, _ path: String) throws {
        for (name, value) in object.sorted(by: { $0.key < $1.key }) {
            let setting = place + name
            switch (value, settings[setting]) {
            case (.text, .text), (.number, .number): continue
            case (_, let kind?): throw refusal(path, "has another value for \(setting) than \(kind.rawValue)")
            case (.object(let inner), nil) where settings.keys.contains { $0.hasPrefix(setting + ".") }:
                try check(inner, below: setting + ".", path)
            case (_, nil) where settings.keys.contains { $0.hasPrefix(setting + ".") }:
                throw refusal(path, "has a value for \(setting), which must be an object of settings")
            case (_, nil):
                let known = settings.keys.sorted().joined(separator: ", ")
                throw refusal(path, "has the setting \(setting), which Inflow does not know. It knows \(known)")
            }
        }
    }

    private static func refusal(_ path: String, _ what: String) -> UserError {
        UserError("The configuration file \"\(path)\" \(what). Nothing was done.", exitCode: 64)
    }
}
