/// Undoes the content codings of one body, in the reader's task.
///
/// libcurl hands the bytes over as they came; so what waits for a slow reader is compressed, and a small body that
/// unfolds to a large one is in memory piece by piece only.
final class BodyDecoder {
    /// Codings laid one over the other, at most; libcurl takes as many.
    private static let mostCodings = 5

    private let inflaters: [Inflater]
    private let unknown: String?
    /// Bytes handed over so far.
    private(set) var count = 0
    /// What ended the decompression; it ends every further reading.
    var failed: CurlError?

    /// A decoder for the codings that headers name; `nil` where the body is as it is.
    init?(_ headers: CurlHeaders) {
        let names = headers.all("Content-Encoding").joined(separator: ",").split(separator: ",")
            .map { $0.filter { $0 != " " && $0 != "\t" }.lowercased() }
            .filter { !["", "identity", "none"].contains($0) }
        guard !names.isEmpty else { return nil }
        let codings = names.prefix(BodyDecoder.mostCodings).compactMap(Inflater.Coding.init(header:))
        unknown = codings.count == names.count ? nil : "the content coding \(names.joined(separator: ", ").prefix(100))"
        // The coding that was laid on last is named last and undone first.
        inflaters = codings.reversed().map(Inflater.init)
    }

    /// Takes the next bytes as they came over the wire.
    func feed(_ bytes: [UInt8]) throws(Inflater.Fault) {
        if let unknown { throw Inflater.Fault(words: unknown) }
        inflaters[0].feed(bytes)
    }

    /// The next piece of the body, or `nil` when more has to be fed.
    func next() throws(Inflater.Fault) -> [UInt8]? {
        guard unknown == nil, let piece = try next(of: inflaters.count - 1) else { return nil }
        count += piece.count
        return piece
    }

    /// Throws where the body may not end here.
    func end() throws(Inflater.Fault) {
        guard inflaters.allSatisfy(\.isComplete) else { throw Inflater.Fault(words: "the compressed data ends early") }
    }

    private func next(of place: Int) throws(Inflater.Fault) -> [UInt8]? {
        while true {
            if let piece = try inflaters[place].next() { return piece }
            guard place > 0, let piece = try next(of: place - 1) else { return nil }
            inflaters[place].feed(piece)
        }
    }
}
