/// What is kept of the answers that a batch was read from, in the order it came: compressed bytes, and marks between
/// answers.
public enum ArchivePart: Sendable, Hashable {
    /// An answer begins; one before it that did not end is not kept.
    case began(ArchivedRequest)
    /// Compressed bytes of its body.
    case bytes([UInt8])
    /// The answer was read to its end. Length and SHA-256 are those of the body before compression.
    case ended(bodyBytes: Int, digest: [UInt8])
}
