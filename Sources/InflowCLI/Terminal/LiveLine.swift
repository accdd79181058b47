import Foundation
import Synchronization

/// The last line of a terminal, redrawn in place, with finished lines above it.
///
/// Where standard error is not a terminal there is no such line: `draw` does nothing and `print` writes plain lines.
/// With `--quiet` there is neither.
struct LiveLine {
    /// Whether standard error is a terminal that shows the line.
    let isTerminal = isatty(STDERR_FILENO) == 1 && !Console.isQuiet
    private var lastDrawn = Date.distantPast

    /// Writes a finished line; the live line comes back with the next `draw`.
    mutating func print(_ text: String) {
        guard !Console.isQuiet else { return }
        clear()
        Console.note(text)
    }

    /// Redraws the line, at most ten times a second unless it must be now; `text` makes one for a number of columns.
    mutating func draw(now: Bool = false, _ text: (Int) -> String) {
        guard isTerminal, now || Date().timeIntervalSince(lastDrawn) > 0.1 else { return }
        lastDrawn = Date()
        let columns = (Console.columns(of: STDERR_FILENO) ?? 80) - 1
        Console.write("\r\u{1B}[K\(text(columns).prefix(columns))", to: STDERR_FILENO)
        Console.liveLine.store(true, ordering: .relaxed)
    }

    /// Erases the line, so that other text can follow.
    mutating func clear() {
        guard Console.liveLine.exchange(false, ordering: .relaxed) else { return }
        Console.write("\r\u{1B}[K", to: STDERR_FILENO)
    }
}
