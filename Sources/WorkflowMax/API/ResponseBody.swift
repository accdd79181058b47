internal import Curl
internal import Inflow

/// Where the bytes of an answer come from: the platform, or the archive.
protocol ResponseBody: AnyObject {
    /// HTTP status of the answer.
    var status: Int { get }
    /// The next piece of the body, or `nil` at its end.
    func next(isolation: isolated (any Actor)?) async throws(SourceError) -> [UInt8]?
    /// Ends the call, after the body is read or when the reader needs no more of it.
    func end(isolation: isolated (any Actor)?) async
    /// Bytes on the wire since this was last asked.
    func newBytes() -> Int
}

/// The body of an answer that is coming in from the platform; a recorder keeps its bytes for the archive.
final class LiveBody: ResponseBody {
    private let answer: APIResponse
    private let subject: String
    private let recorder: ArchiveRecorder?
    private var body: CurlBody.Iterator
    private var countedBytes = 0

    /// The body of an answer whose headers are in.
    init(_ answer: APIResponse, subject: String, recorder: ArchiveRecorder?) {
        self.answer = answer
        self.subject = subject
        self.recorder = recorder
        body = answer.response.body.makeAsyncIterator()
    }

    var status: Int { answer.response.status }

    func next(isolation: isolated (any Actor)?) async throws(SourceError) -> [UInt8]? {
        let piece = try await mapping(lifted, isolation: isolation) { () async throws(CurlError) in
            try await body.next(isolation: isolation)
        }
        if let piece { try recorder?.add(piece, subject: subject) }
        return piece
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
