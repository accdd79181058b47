/// A random password for a reader.
enum ReaderPassword {
    /// Letters and digits that are not taken for one another; all of them plain in any connection string.
    private static let alphabet = Array("abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789")

    /// 32 characters from the system's generator, 185 bits.
    static func make() -> String {
        var random = SystemRandomNumberGenerator()
        return String((0..<32).compactMap { _ in alphabet.randomElement(using: &random) })
    }
}
