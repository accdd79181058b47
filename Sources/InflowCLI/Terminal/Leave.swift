import Foundation

/// Ends the process once all is written, without tearing libraries down.
///
/// `exit` runs the exit handlers of OpenSSL, libxml2 and others while threads that used them are still ending; a process
/// that was done has been aborted by that.
func leave(_ code: Int32) -> Never {
    fflush(nil)
    _exit(code)
}
