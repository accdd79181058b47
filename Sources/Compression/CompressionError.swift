/// Why bytes could not be compressed, or not be given back.
public enum CompressionError: Error, Sendable, Hashable {
    /// There was no memory for it.
    case outOfMemory
    /// The bytes are not those of a compressed stream, or not all of them as they were.
    case damaged
}
