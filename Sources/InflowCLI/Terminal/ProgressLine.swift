import Foundation

/// One line that says how far some work is, made to fit the terminal.
///
/// Its parts stand in the order of their importance: what is still to do, what the work waits for, numbers, and names
/// last. A part that has no room as it is takes a shorter form, or is left out whole; only names are cut.
struct ProgressLine {
    /// The forms of one part, the longest first.
    private var parts: [[String]] = []
    private var names: [String] = []

    /// Adds a part, or none for `nil`.
    ///
    /// `short` says the same in fewer characters.
    mutating func add(_ text: String?, short: String? = nil) {
        if let text { parts.append([text] + (short.map { [$0] } ?? [])) }
    }

    /// Sets what stands last, as far as there is room.
    mutating func setNames(_ names: [String]) { self.names = names }

    /// The line, of at most as many characters.
    func text(columns: Int) -> String {
        var line = ""
        func fits(_ text: String) -> Bool { line.count + (line.isEmpty ? 0 : 2) + text.count <= columns }
        for part in parts {
            guard let form = part.first(where: fits) else { continue }
            line += (line.isEmpty ? "" : "  ") + form
        }
        var shown = names
        while !shown.isEmpty {
            let text = shown.joined(separator: " · ") + (shown.count < names.count ? " …" : "")
            if fits(text) { return line + (line.isEmpty ? "" : "  ") + text }
            shown.removeLast()
        }
        return line
    }
}

/// How long a run still takes, by the calls that it has yet to make.
enum RemainingTime {
    /// The seconds that are left; `nil` where nothing is left, or nothing is known yet.
    ///
    /// Two things hold a run up: the platform's answers, which the calls so far have measured, and the limit of calls a
    /// minute, which lets the first minute's calls go at once and then holds the others back. The slower one counts.
    /// `waited` are the seconds of `elapsed` in which the limit held every call back; a limit `perMinute` of 0 is none.
    static func seconds(
        callsLeft: Int, callsMade: Int, elapsed: Double, waited: Double = 0, perMinute: Int
    ) -> Double? {
        guard callsLeft > 0, callsMade > 0 || perMinute > 0 else { return nil }
        let byPace = callsMade > 0 ? max(0, elapsed - waited) / Double(callsMade) * Double(callsLeft) : 0
        let minutes = perMinute > 0 ? (callsMade + callsLeft - 1) / perMinute : 0
        return max(byPace, Double(minutes) * 60 - elapsed, 1)
    }

    /// The same in words: `about 40 s to go`, `about 2 min to go`, `about 3 h to go`.
    static func words(_ seconds: Double) -> String {
        if seconds < 90 { return "about \(Int(seconds.rounded(.up))) s to go" }
        let minutes = Int((seconds / 60).rounded())
        return minutes < 90 ? "about \(minutes) min to go" : "about \(Int((seconds / 3_600).rounded())) h to go"
    }
}
