import HTTPTypes
import Hummingbird
import NIOCore

/// A body about to be sent, whole, in pieces or spoiled.
struct PlannedBody: Sendable {
    var list: RowList
    let selection: Selection
    let organisation: SandboxOrganisation
    let target: String
    let keeps: Bool

    private static let headers: HTTPFields = [.contentType: "application/xml; charset=utf-8"]

    /// The response with the fault, if any, worked in.
    func response(_ fault: Fault?, _ entry: OpenCall, _ context: SandboxContext) -> Response {
        guard let fault else { return keeps ? kept(entry) : streamed(entry) }
        var headers = PlannedBody.headers
        let spoiled = SpoiledBody.spoil(list, fault)
        var bytes = RowListBody.whole(spoiled, renderer: selection.renderer)
        SpoiledBody.spoil(&bytes, &headers, fault, spoiled)
        switch fault.kind {
        case .cutBody: return cut(bytes, fault, entry, context)
        case .slowBody: return slow(bytes, fault, entry)
        default: return pieces(ByteBuffer(bytes: bytes), entry, headers)
        }
    }

    private func kept(_ entry: OpenCall) -> Response {
        let body = organisation.keptBody(target, selection: selection) {
            var whole = ByteBuffer()
            var body = RowListBody(list, renderer: selection.renderer)
            while let piece = body.next() { whole.writeBytes(piece) }
            return whole
        }
        return pieces(body, entry)
    }

    private func streamed(_ entry: OpenCall) -> Response {
        let body = RowListBody(list, renderer: selection.renderer)
        return Response(
            status: .ok, headers: PlannedBody.headers,
            body: ResponseBody { writer in
                defer { entry.close() }
                var body = body
                while let piece = body.next() {
                    try await writer.write(ByteBuffer(bytes: piece))
                    entry.sent(piece.count)
                }
                // Close before the last chunk: a client may call again as soon as it has it.
                entry.close()
                try await writer.finish(nil)
            })
    }

    private func pieces(
        _ body: ByteBuffer, _ entry: OpenCall, _ headers: HTTPFields = PlannedBody.headers
    ) -> Response {
        Response(
            status: .ok, headers: headers,
            body: ResponseBody(contentLength: body.readableBytes) { writer in
                defer { entry.close() }
                var rest = body
                while let piece = rest.readSlice(length: min(262_144, rest.readableBytes)), piece.readableBytes > 0 {
                    if rest.readableBytes == 0 { entry.close() }
                    try await writer.write(piece)
                    entry.sent(piece.readableBytes)
                }
                try await writer.finish(nil)
            })
    }

    /// Announces the whole length and closes the connection after a part.
    private func cut(_ bytes: [UInt8], _ fault: Fault, _ entry: OpenCall, _ context: SandboxContext) -> Response {
        let part = min(bytes.count, fault.bytes ?? Int(Double(bytes.count) * min(1, max(0, fault.fraction))))
        return Response(
            status: .ok, headers: PlannedBody.headers,
            body: ResponseBody(contentLength: bytes.count) { writer in
                defer { entry.close() }
                var rest = ByteBuffer(bytes: bytes[..<part])
                while let piece = rest.readSlice(length: min(65_536, rest.readableBytes)), piece.readableBytes > 0 {
                    try await writer.write(piece)
                    entry.sent(piece.readableBytes)
                }
                throw await context.cut()
            })
    }

    /// Sends twenty pieces with equal waits between.
    private func slow(_ bytes: [UInt8], _ fault: Fault, _ entry: OpenCall) -> Response {
        Response(
            status: .ok, headers: PlannedBody.headers,
            body: ResponseBody(contentLength: bytes.count) { writer in
                defer { entry.close() }
                var rest = ByteBuffer(bytes: bytes)
                let size = max(1, bytes.count / 20 + 1)
                while let piece = rest.readSlice(length: min(size, rest.readableBytes)), piece.readableBytes > 0 {
                    try await writer.write(piece)
                    entry.sent(piece.readableBytes)
                    try await Task.sleep(for: .milliseconds(fault.milliseconds / 20))
                }
                try await writer.finish(nil)
            })
    }
}
