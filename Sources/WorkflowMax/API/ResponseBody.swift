internal import Curl
internal import Inflow
internal import Records

/// Where the bytes of an answer come from: the platform, or the archive.
protocol ResponseBody: AnyObject {
    /// HTTP status of the answer.
    var status: Int { get }
    /// Characters that could not be decoded; complete at the body's end.
    var replacedCharacters: Int { get }
    /// Why the body may have been decoded wrongly, in words; complete at its end.
    var doubt: String? { get }
    /// The next piece of the body in UTF-8, or `nil` at its end.
    func next(isolation: isolated (any Actor)?) async throws(SourceError) -> [UInt8]?
    /// Ends the call, after the body is read or when the reader needs no more of it.
    func end(isolation: isolated (any Actor)?) async
    /// Bytes on the wire since this was last asked.
    func newBytes() -> Int
}

/// The body of an answer that is coming in from the platform, in UTF-8; a recorder keeps it for the archive.
final class LiveBody: ResponseBody {
    private let answer: APIResponse
    private let subject: String
    private let recorder: ArchiveRecorder?
    private var body: CurlBody.Iterator
    private var countedBytes = 0
    private var decoder: TextDecoder
    private var isAtEnd = false

    /// The body of an answer whose headers are in.
    init(_ answer: APIResponse, subject: String, recorder: ArchiveRecorder?) {
        self.answer = answer
        self.subject = subject
        self.recorder = recorder
        body = answer.response.body.makeAsyncIterator()
        decoder = TextDecoder(charset: answer.response.headers.charset)
    }

    var status: Int { answer.response.status }

    var replacedCharacters: Int { decoder.replaced }

    var doubt: String? { decoder.doubt }

    func next(isolation: isolated (any Actor)?) async throws(SourceError) -> [UInt8]? {
        while !isAtEnd {
            let sent = try await mapping(lifted, isolation: isolation) { () async throws(CurlError) in
                try await body.next(isolation: isolation)
            }
            isAtEnd = sent == nil
            let piece = try mapping({ SourceError($0, subject: subject, status: status) }) {
                () throws(ParseError) in
                if let sent { try decoder.decode(sent) } else { try decoder.finish() }
            }
            guard !piece.isEmpty else { continue }
            try recorder?.add(piece, subject: subject)
            return piece
        }
        return nil
    }

    private func lifted(_ error: CurlError) -> SourceError {
        var error = SourceError(error, subject: subject)
        (error.status, error.isBodyUnreadable) = (status, error.code == .cutOff)
        error.breaksInside = error.isBodyUnreadable && answer.response.traffic.bodyBytes > 0
        return error
    }

    func end(isolation _: isolated (any Actor)?) async { await answer.permit.giveBack() }

    func newBytes() -> Int {
        let traffic = answer.response.traffic
        let all = traffic.headerBytes + traffic.wireBytes
        defer { countedBytes = all }
        return all - countedBytes
    }
}

extension CurlHeaders {
    /// The `charset` that `Content-Type` names.
    var charset: String? {
        self["Content-Type"]?.split(separator: ";").dropFirst().lazy
            .map { $0.split(separator: "=", maxSplits: 1).map(\.trimmed) }
            .first { $0.count == 2 && $0[0].lowercased() == "charset" }?[1]
    }
}
