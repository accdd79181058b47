public import Inflow

/// The body of an archived answer for a person to look at.
public struct ArchivedText: Sendable {
    /// The body, or its beginning.
    public let bytes: [UInt8]
    /// Whether there is more of it.
    public let isCut: Bool

    /// Reads at most `most` bytes of an answer.
    ///
    /// Throws `archive` where the archive cannot be read.
    public static func read(
        _ answer: ArchivedAnswer, from reader: any ArchiveReader, atMost most: Int
    ) async throws(SourceError) -> ArchivedText {
        let body = ArchivedBody(answer, reader, subject: "archived answer \(answer.id)")
        var bytes: [UInt8] = []
        while bytes.count <= most, let piece = try await body.next(isolation: nil) { bytes += piece }
        return ArchivedText(bytes: Array(bytes.prefix(most)), isCut: bytes.count > most)
    }
}
