/// The remedy for a connection that a person must authorise again, in the same words in every message.
public enum ConsentWords {
    /// The remedy for the connection of a name, as a sentence with its commands.
    public static func remedy(_ name: String) -> String {
        "Run \"inflow authorise \(name.shellWord)\"; with a refresh token in a file, \"inflow connection "
            + "authorise \(name.shellWord) "
            + "--refresh-token-file FILE\"."
    }
}
