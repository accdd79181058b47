internal import Compression
internal import Inflow

/// The body of an archived answer, as it came; one in another character set as it was decoded.
final class ArchivedBody: ResponseBody {
    private let answer: ArchivedAnswer
    private let reader: any ArchiveReader
    private let subject: String
    private var decompressor: Decompressor?
    private var nextPiece = 0
    private var bodyBytes = 0

    /// The body of an answer that a reader gives the pieces of.
    init(_ answer: ArchivedAnswer, _ reader: any ArchiveReader, subject: String) {
        self.answer = answer
        self.reader = reader
        self.subject = subject
    }

    /// Only good answers are archived.
    var status: Int { 200 }

    func next(isolation: isolated (any Actor)?) async throws(SourceError) -> [UInt8]? {
        let decompressor = try begin()
        while true {
            let ready = try mapping({ _ in damaged }) { () throws(CompressionError) in try decompressor.next() }
            if let piece = ready {
                bodyBytes += piece.count
                return piece
            }
            guard nextPiece < answer.pieces else { break }
            decompressor.feed(try await reader.piece(nextPiece, of: answer))
            nextPiece += 1
        }
        guard decompressor.isComplete, bodyBytes == answer.bodyBytes else { throw damaged }
        return nil
    }

    /// The archive keeps bodies in UTF-8.
    var replacedCharacters: Int { 0 }

    var doubt: String? { nil }

    func end(isolation _: isolated (any Actor)?) async {}

    func newBytes() -> Int { 0 }

    private func begin() throws(SourceError) -> Decompressor {
        if let decompressor { return decompressor }
        let outOfMemory = SourceError(
            .archive, subject: subject,
            message: "Inflow could not read the archived answer: out of memory. Inflow loads none of it.")
        let made = try mapping({ _ in outOfMemory }) { () throws(CompressionError) in try Decompressor() }
        decompressor = made
        return made
    }

    private var damaged: SourceError {
        SourceError(
            .archive, subject: subject,
            message:
                "Archived answer \(answer.id) is damaged: its bytes are not those that Inflow kept. Inflow loads none "
                + "of it.")
    }
}
