/// What a living page says of itself: whether what it shows is of now.
enum LiveState {
    /// It is; nothing is said.
    static let good = part("")
    /// The page keeps what it shows.
    static let old = part("The warehouse does not answer: what you see is old.")
    /// Nothing comes any more.
    static let ended = part(
        "Your session has ended: what you see is old. <a href=\"/sign-in\">Sign in</a> to go on.")

    private static func part(_ html: String) -> EventStream.Part { EventStream.Part(id: "live-state", html: html) }
}
