internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// A text of any length, which is made piece by piece while it is sent.
public struct TextStream: Sendable {
    /// The next piece; `nil` at the end.
    let next: @Sendable () async throws -> String?
    /// Gives back what the pieces are read with; called once, however it ends.
    let close: @Sendable () async -> Void

    /// A text from its pieces.
    public init(
        next: @escaping @Sendable () async throws -> String?, close: @escaping @Sendable () async -> Void
    ) {
        (self.next, self.close) = (next, close)
    }
}

extension Response {
    /// A CSV file for the browser to keep, sent as its rows are read.
    ///
    /// Where reading fails in the middle, the answer breaks off without its end, so that no browser takes it for whole.
    static func csv(_ stream: TextStream, named name: String) -> Response {
        var headers: HTTPFields = [.contentType: "text/csv; charset=utf-8"]
        headers[.contentDisposition] = "attachment; filename=\"\(fileName(name)).csv\""
        return .streamed(stream, headers)
    }

    /// A text that is sent as it is made.
    static func streamed(_ stream: TextStream, _ headers: HTTPFields) -> Response {
        Response(
            status: .ok, headers: headers,
            body: ResponseBody { writer in
                do {
                    while let text = try await stream.next() { try await writer.write(ByteBuffer(string: text)) }
                } catch {
                    await stream.close()
                    throw error
                }
                await stream.close()
                try await writer.finish(nil)
            })
    }

    /// A name that every file system takes and no header can be broken by.
    private static func fileName(_ name: String) -> String {
        String(
            name.unicodeScalars.map {
                $0.isASCII && ($0.properties.isAlphabetic || "0123456789._-".unicodeScalars.contains($0))
                    ? Character($0) : "_"
            }.prefix(100))
    }
}
