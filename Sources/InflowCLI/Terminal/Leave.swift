import Foundation

/// Ends the process once all output is written, without running the exit handlers of libraries.
///
/// `exit` runs the handlers of OpenSSL, libxml2 and others while threads that use them still run. That has aborted a
/// process whose work was done.
func leave(_ code: Int32) -> Never {
    fflush(nil)
    _exit(code)
}
