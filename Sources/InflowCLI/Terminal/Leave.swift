import Foundation

/// Ends the process once all output is written, without running the exit handlers of libraries.
///
/// A command whose result could not be written does not end with 0: who redirected it would take half of it for all.
///
/// `exit` runs the handlers of OpenSSL, libxml2 and others while threads that use them still run. That has aborted a
/// process whose work was done.
func leave(_ code: Int32) -> Never {
    var code = code
    Console.endQuiet(exitCode: code)
    if let reason = Console.lossOfOutput {
        Console.note("Inflow could not write all of its result to standard output: \(reason).")
        if code == 0 { code = 1 }
    }
    fflush(nil)
    _exit(code)
}
