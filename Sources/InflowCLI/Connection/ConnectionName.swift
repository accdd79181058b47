import Foundation
import Inflow

/// Throws `UserError` for a name that a command line would take for an option or for nothing, or that a terminal would
/// act on.
func checkConnectionName(_ name: String) throws {
    guard !name.isEmpty, !name.hasPrefix("-") else {
        throw UserError("A connection's name must not be empty nor begin with a dash.", exitCode: 64)
    }
    guard !name.holdsControlCharacters else {
        throw UserError("A connection's name must not hold line feeds or other control characters.", exitCode: 64)
    }
}
