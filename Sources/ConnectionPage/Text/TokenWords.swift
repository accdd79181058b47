/// How long a refresh token is good, in words.
enum TokenWords {
    /// Days below which a person should look.
    private static let few = 14

    static func short(_ days: Int?) -> String {
        guard let days else { return "none" }
        return days < 0 ? "expired" : days == 1 ? "1 day left" : "\(days) days left"
    }

    static func tone(_ days: Int?) -> Tone {
        guard let days, days >= 0 else { return .bad }
        return days < few ? .warn : .good
    }
}
