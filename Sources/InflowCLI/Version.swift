/// The version of this binary, as `inflow --version` prints it and the schema check compares it.
enum Version {
    static let text = "0.1.0"
}
