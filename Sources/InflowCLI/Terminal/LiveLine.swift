import Foundation

/// The last line of a terminal, redrawn in place, with finished lines above it.
///
/// Where standard error is not a terminal there is no such line: `draw` does nothing and `print` writes plain lines.
struct LiveLine {
    /// Whether standard error is a terminal.
    let isTerminal = isatty(STDERR_FILENO) == 1
    private var lastDrawn = Date.distantPast
    private var isOpen = false

    /// Writes a finished line; the live line comes back with the next `draw`.
    mutating func print(_ text: String) {
        clear()
        Console.note(text)
    }

    /// Redraws the line, at most ten times a second unless it must be now; `text` is cut to the terminal's width.
    mutating func draw(now: Bool = false, _ text: () -> String) {
        guard isTerminal, now || Date().timeIntervalSince(lastDrawn) > 0.1 else { return }
        lastDrawn = Date()
        Console.write("\r\u{1B}[K\(text().prefix(LiveLine.columns - 1))", to: STDERR_FILENO)
        isOpen = true
    }

    /// Erases the line, so that other text can follow.
    mutating func clear() {
        guard isOpen else { return }
        Console.write("\r\u{1B}[K", to: STDERR_FILENO)
        isOpen = false
    }

    private static var columns: Int {
        var size = winsize()
        return ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 20 ? Int(size.ws_col) : 80
    }
}
