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
        var spoiled = self
        spoiled.list = SpoiledBody.spoil(list, fault)
        var bytes = RowListBody.whole(spoiled.list, renderer: selection.renderer)
        SpoiledBody.spoil(&bytes, fault)
        if fault.kind == .brokenRecord { SpoiledBody.breakRecord(&bytes, holding: fault.holding) }
        switch fault.kind {
        case .cutBody: return cut(bytes, fault, entry, context)
        case .slowBody: return slow(bytes, fault, entry)
        default: return pieces(ByteBuffer(bytes: bytes), entry)
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
                // Whoever has the end may call again: the call is over before.
                entry.close()
                try await writer.finish(nil)
            })
    }

    private func pieces(_ body: ByteBuffer, _ entry: OpenCall) -> Response {
        Response(
            status: .ok, headers: PlannedBody.headers,
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

/// Bodies spoiled on demand: rows first, then bytes.
enum SpoiledBody {
    /// Changes which rows are written.
    static func spoil(_ list: RowList, _ fault: Fault) -> RowList {
        var list = list
        switch fault.kind {
        case .validEmptyList: list.rows = []
        case .halfPage: list.rows = Thinning.everySecond.thinned(list.rows)
        case .duplicateRows:
            list.rows = list.rows.enumerated().flatMap {
                $0.offset % 10 == 0 ? [$0.element, $0.element] : [$0.element]
            }
        default: break
        }
        return list
    }

    /// Changes the bytes written.
    static func spoil(_ bytes: inout [UInt8], _ fault: Fault) {
        switch fault.kind {
        case .truncatedXML: bytes.removeLast(bytes.count / 3)
        case .secondRoot: bytes += Array("<Response><Status>OK</Status></Response>".utf8)
        case .illegalCharacters: insert([0x01, 0x0B] + Array("&#x0;&#x1B;".utf8), into: &bytes)
        case .invalidUTF8: insert([0xC3, 0x28, 0xFF], into: &bytes)
        default: break
        }
    }

    /// Leaves a tag open where a text stands.
    static func breakRecord(_ bytes: inout [UInt8], holding text: String) {
        let text = Array(text.utf8)
        guard let first = text.first else { return }
        var place = bytes.startIndex
        while let found = bytes[place...].firstIndex(of: first) {
            if bytes[found...].starts(with: text) {
                bytes.insert(contentsOf: Array("<&".utf8), at: found)
                return
            }
            place = found + 1
        }
    }

    /// Puts bytes at the end of the text element nearest to the middle.
    private static func insert(_ text: [UInt8], into bytes: inout [UInt8]) {
        let close = Array("</Name>".utf8)
        var position = bytes.count / 2
        while position + close.count <= bytes.count {
            if bytes[position] == 60, Array(bytes[position..<position + close.count]) == close {
                bytes.insert(contentsOf: text, at: position)
                return
            }
            position += 1
        }
        let status = Array("</Status>".utf8)
        guard let first = bytes.indices.first(where: { bytes[$0...].starts(with: status) }) else { return }
        bytes.insert(contentsOf: text, at: first + status.count)
    }
}
