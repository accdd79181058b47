import ArgumentParser
import Foundation
import Inflow

/// Where a user's password comes from: never from the command line, which other users of the machine can see.
struct PasswordOptions: ParsableArguments {
    @Option(help: "File whose first line is the password; - reads it from standard input. A terminal asks twice.")
    var passwordFile: String?

    /// The password for an account.
    func password(of name: PageName) throws -> NewPassword {
        let text = try text(name)
        do throws(NewPassword.Fault) {
            return try NewPassword(text, of: name)
        } catch {
            throw UserError("\(error) Nothing was changed.", exitCode: 64)
        }
    }

    private func text(_ name: PageName) throws -> String {
        if let passwordFile, passwordFile != "-" {
            guard let text = try? String(contentsOfFile: passwordFile, encoding: .utf8) else {
                throw UserError(
                    "Inflow cannot read the file \"\(passwordFile)\" with the password. Nothing was changed.")
            }
            // Blanks belong to a password, line ends do not.
            return text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).first.map(String.init)
                ?? ""
        }
        guard isatty(STDIN_FILENO) == 1 else {
            guard passwordFile == "-" else {
                throw UserError(
                    "There is no terminal to ask for the password. Nothing was changed. Give --password-file FILE.",
                    exitCode: 64)
            }
            return typedLine("") ?? ""
        }
        let first = typedLine("The password of \"\(name)\", which is not shown: ") ?? ""
        guard typedLine("The same once more: ") == first else {
            throw UserError("The two are not the same. Nothing was changed.")
        }
        return first
    }
}
