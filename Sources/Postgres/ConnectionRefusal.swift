/// libpq's words about a connection that was not made, taken apart.
///
/// They are asked for in the verbose form, the only one that has the server's SQLSTATE before a session stands:
/// `… failed: FATAL:  57P03: the database system is starting up`, and a second line with a place in the source.
struct ConnectionRefusal {
    /// The words as they are without the verbose form.
    let message: String
    /// The SQLSTATE of the last server that was tried; nil where no server answered.
    let sqlState: String?

    init(_ text: String) {
        // Two blanks: the word before, `FATAL`, is as long, and has one.
        let code = #/:[ ]{2}([0-9A-Z]{5}):[ ]/#
        sqlState = text.matches(of: code).last.map { String($0.1) }
        message = text.split(separator: "\n", omittingEmptySubsequences: false)
            .filter { !$0.hasPrefix("LOCATION:") }
            .joined(separator: "\n")
            .replacing(code) { _ in ":  " }
    }
}
