import CZlib
import Foundation
import TestSupport

/// What HTTP does to a body on its way: status, headers, compression, framing and the end of the connection.
struct Dressing: Sendable {
    /// The compression of the body and what the headers say of it.
    enum Coding: String, Sendable, CaseIterable {
        case none, gzip, members, deflate, raw, falseGzip, damaged, cut, unknown
    }

    /// How the end of the body is marked.
    enum Framing: String, Sendable, CaseIterable {
        case length, chunked, close, tooLong, tooShort
    }

    var status = 200
    var headers: [String] = []
    var coding = Coding.none
    var framing = Framing.length
    /// Bytes that are sent before the connection ends; all where it is `nil`.
    var cutAt: Int?
    var isReset = false
    /// Answers before this one that are a 503.
    var failures = 0
    /// Whether the token that came with the request comes back in a header and in the body.
    var isEcho = false

    /// An answer as it should be.
    init() {}

    /// A refusal that says what it refuses.
    static let denied: Dressing = {
        var denied = Dressing()
        (denied.status, denied.isEcho) = (401, true)
        return denied
    }()

    /// An answer that the numbers choose.
    init(_ numbers: inout SeededNumbers) {
        switch Int.random(in: 0..<14, using: &numbers) {
        case 0:
            status =
                [
                    200, 201, 203, 206, 204, 301, 302, 304, 400, 401, 403, 404, 408, 410, 418, 429, 500, 502, 503, 504,
                    599,
                ]
                .randomElement(using: &numbers) ?? 500
            isEcho = Bool.random(using: &numbers)
            let waits = ["0", "1", "3600", "86400", "-5", "1795262400", "soon", "Sun, 06 Nov 1994 08:49:37 GMT"]
            if Bool.random(using: &numbers) {
                headers.append("Retry-After: \(waits.randomElement(using: &numbers) ?? "")")
            }
            if Bool.random(using: &numbers) {
                headers.append("X-Rate-Limit-Problem: \(["minute", "day", "?"].randomElement(using: &numbers) ?? "")")
            }
        case 1, 2, 3: coding = Coding.allCases.randomElement(using: &numbers) ?? .gzip
        case 4, 5: framing = Framing.allCases.randomElement(using: &numbers) ?? .length
        case 6: (cutAt, isReset) = (Int.random(in: 0...4_000, using: &numbers), Bool.random(using: &numbers))
        case 7: failures = 1
        case 8:
            headers.append(
                [
                    "X-Long: \(String(repeating: "h", count: Int.random(in: 1...300_000, using: &numbers)))",
                    "Date: yesterday",
                    "Content-Type: text/html", "Content-Type: application/json; charset=utf-8", "Content-Type: ;;;",
                    "X-\u{01}: odd", "No colon", "X-Rate-Limit-Remaining: -1", "X-MinLimit-Remaining: many",
                    "X-DayLimit-Remaining: 0", "Location: http://127.0.0.1:1/", "Set-Cookie: a=b",
                ].randomElement(using: &numbers) ?? "")
        default: break
        }
    }

    /// Whether a client gets the body as it was made, or must; an odd header changes nothing about it.
    var isWhole: Bool {
        (200..<300).contains(status) && status != 204 && !isEcho && [.none, .gzip, .members, .deflate].contains(coding)
            && [.length, .chunked, .close].contains(framing) && cutAt == nil
            && headers.allSatisfy { $0.utf8.count < 90_000 && !$0.contains("\u{01}") && $0.contains(":") }
    }

    /// What the client is given as the body; `nil` where it cannot be given a whole one.
    func payload(of body: [UInt8]) -> [UInt8]? {
        if isWhole { return body }
        if let cutAt, cutAt < bytes(of: body, to: "").count { return nil }
        guard (200..<300).contains(status), !isEcho else { return nil }
        switch (coding, framing) {
        case (.raw, _): return Zlib.gzip(body)
        case (.none, .tooShort): return status == 204 ? [] : Array(body.dropLast(body.count / 3))
        case (.none, .length), (.none, .chunked), (.none, .close): return status == 204 ? [] : body
        default: return nil
        }
    }

    /// The answer to a request as bytes.
    func bytes(of body: [UInt8], to request: String) -> [UInt8] {
        var (lines, sent) = (headers, body)
        if isEcho {
            let token = request.split(separator: "\r\n").first { $0.lowercased().hasPrefix("authorization:") } ?? ""
            lines.append("X-Echo: \(token)")
            sent = Array(
                "<Response><Status>ERROR</Status><ErrorDescription>\(token)</ErrorDescription></Response>".utf8)
        }
        switch coding {
        case .none, .raw: break
        case .unknown: lines.append("Content-Encoding: br")
        case .deflate: lines.append("Content-Encoding: deflate")
        case .gzip, .members, .falseGzip, .damaged, .cut: lines.append("Content-Encoding: gzip")
        }
        sent = coded(sent)
        switch framing {
        case .length: lines.append("Content-Length: \(sent.count)")
        case .tooLong: lines.append("Content-Length: \(sent.count + 100)")
        case .tooShort: lines.append("Content-Length: \(sent.count - sent.count / 3)")
        case .close: lines.append("Connection: close")
        case .chunked:
            lines.append("Transfer-Encoding: chunked")
            sent = Dressing.chunked(sent)
        }
        let head = (["HTTP/1.1 \(status) Fuzzed"] + lines).joined(separator: "\r\n") + "\r\n\r\n"
        return Array(head.utf8) + (status == 204 || status == 304 ? [] : sent)
    }

    private func coded(_ body: [UInt8]) -> [UInt8] {
        switch coding {
        case .none, .falseGzip, .unknown: return body
        case .gzip, .raw: return Zlib.gzip(body)
        case .members:
            let half = body.count / 2
            return Zlib.gzip(Array(body[..<half])) + Zlib.gzip(Array(body[half...]))
        case .deflate: return Zlib.deflate(body)
        case .damaged:
            var bytes = Zlib.gzip(body)
            bytes[bytes.count / 2] ^= 0x55
            return bytes
        case .cut: return Array(Zlib.gzip(body).dropLast(9))
        }
    }

    private static func chunked(_ body: [UInt8]) -> [UInt8] {
        var (sent, start, size) = ([UInt8](), 0, 1)
        while start < body.count {
            let end = min(body.count, start + size)
            sent += Array("\(String(end - start, radix: 16))\r\n".utf8) + body[start..<end] + [13, 10]
            (start, size) = (end, size * 3)
        }
        return sent + Array("0\r\n\r\n".utf8)
    }
}

/// Compresses bodies.
enum Zlib {
    /// As a zlib stream.
    static func deflate(_ body: [UInt8]) -> [UInt8] {
        var length = compressBound(UInt(body.count))
        let bytes = [UInt8](unsafeUninitializedCapacity: Int(length)) { target, count in
            compress2(target.baseAddress, &length, body, UInt(body.count), 6)
            count = Int(length)
        }
        return bytes
    }

    /// As a gzip file.
    static func gzip(_ body: [UInt8]) -> [UInt8] {
        func littleEndian(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) } }
        let sum = UInt32(truncatingIfNeeded: crc32(0, body, UInt32(body.count)))
        return [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3] + deflate(body).dropFirst(2).dropLast(4)
            + littleEndian(sum) + littleEndian(UInt32(body.count))
    }
}
