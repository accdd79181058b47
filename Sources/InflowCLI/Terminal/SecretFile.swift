import Foundation
import Inflow

/// Reads a secret from the first line of a file.
func readSecret(_ path: String, _ what: String) throws -> String {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
        throw UserError("Inflow cannot read the file \"\(path)\" with the \(what). Nothing was changed.")
    }
    let line = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
    let secret = line.trimmed
    guard !secret.isEmpty else { throw UserError("The file \"\(path)\" holds no \(what). Nothing was changed.") }
    return secret
}
