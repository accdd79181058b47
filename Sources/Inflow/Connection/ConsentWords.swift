/// What a person does about a connection that must be authorised again; the same words wherever it is told.
public enum ConsentWords {
    /// The remedy, as a sentence.
    public static func remedy(_ name: String) -> String {
        "Run \"inflow authorise \(name)\"; with a refresh token in a file, \"inflow connection authorise \(name) "
            + "--refresh-token-file FILE\"."
    }
}
