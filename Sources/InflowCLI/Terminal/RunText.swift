/// Sentences about runs that several commands print.
enum RunText {
    /// The word for a run that has not ended and whose process is gone.
    static let died = "died"

    /// Says which runs this one closed, because their processes ended, or fell silent, without doing so.
    static func closed(_ runs: [Int64]) -> String {
        let list = runs.map(String.init).joined(separator: ", ")
        return runs.count == 1
            ? "Inflow closed run \(list) as interrupted: its process is gone, or silent."
            : "Inflow closed runs \(list) as interrupted: their processes are gone, or silent."
    }
}
