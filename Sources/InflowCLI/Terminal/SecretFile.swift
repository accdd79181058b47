import Foundation
import Inflow

/// Reads a secret from the first line of a file, or for `-` from standard input; a terminal asks for it and does not
/// show it.
func readSecret(_ path: String, _ what: String) throws -> String {
    if path == "-" { return try typedSecret(what) }
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
        throw UserError("Inflow cannot read the file \"\(path)\" with the \(what). Nothing was changed.")
    }
    let line = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
    let secret = line.trimmed
    guard !secret.isEmpty else { throw UserError("The file \"\(path)\" holds no \(what). Nothing was changed.") }
    return secret
}

private func typedSecret(_ what: String) throws -> String {
    let secret = typedLine("The \(what), which is not shown: ")?.trimmed ?? ""
    guard !secret.isEmpty else { throw UserError("Standard input holds no \(what). Nothing was changed.") }
    return secret
}

/// Reads a line from standard input; a terminal asks for it by the prompt and does not show it.
func typedLine(_ prompt: String) -> String? {
    var terminal = termios()
    let isTerminal = isatty(STDIN_FILENO) == 1 && tcgetattr(STDIN_FILENO, &terminal) == 0
    if isTerminal {
        Console.write(prompt, to: STDERR_FILENO)
        var silent = terminal
        silent.c_lflag &= ~tcflag_t(ECHO)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent)
    }
    let line = readLine()
    if isTerminal {
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &terminal)
        Console.write("\n", to: STDERR_FILENO)
    }
    return line
}
