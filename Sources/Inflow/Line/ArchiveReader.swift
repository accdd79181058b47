/// Gives back what the archive keeps: the seam between a warehouse that stores bytes and a platform that can read them.
public protocol ArchiveReader: Sendable {
    /// One piece of an answer, compressed as it was kept; pieces are numbered from 0.
    ///
    /// Throws `archive` where it is not there (any more).
    func piece(_ number: Int, of answer: ArchivedAnswer) async throws(SourceError) -> [UInt8]
}
