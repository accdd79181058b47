import Foundation
import TestSupport
import Testing

@testable import Curl

@Suite("Compressed bodies", .timeLimit(.minutes(5)))
struct CompressedBodyTests {
    private static let text = "<Response></Response>"
    /// `<Response>` and `</Response>`, each as a gzip file.
    private static let first = bytes("H4sIAAAAAAACA7MJSi0uyM8rTrUDAHQ+j8wKAAAA")
    private static let second = bytes("H4sIAAAAAAACA7PRD0otLsjPK061AwDeBGuqCwAAAA==")
    /// `<Response></Response>` as zlib and as bare deflate data.
    private static let zlib = bytes("eJyzCUotLsjPK061s9GHMwFUoAfC")
    private static let bare = bytes("swlKLS7IzytOtbPRhzMB")

    private static let plain = Array(text.utf8)
    private static let wholeBodies: [(coding: String, slices: [[UInt8]])] = [
        ("gzip", [first + second]), ("x-gzip", [first, second]), ("GZIP", (first + second).map { [$0] }),
        ("gzip", [first + second + [0, 0, 0]]), ("identity, gzip", [first + second]),
        ("deflate", [zlib]), ("deflate", zlib.map { [$0] }), ("deflate", [bare]), ("deflate", bare.map { [$0] }),
        ("gzip", [zlib]), ("identity", [plain]), ("", [plain]),
    ]
    private static let damagedBodies: [(coding: String, body: [UInt8])] = [
        ("gzip", first + second.dropLast(6)), ("gzip", first + second.prefix(3)), ("gzip", first + [1, 2, 3]),
        ("gzip", first + [0, 0] + second), ("gzip", plain), ("deflate", plain),
        ("deflate", zlib + zlib), ("deflate", [0x78]), ("br", first), ("gzip, br", first),
    ]

    private static func bytes(_ base64: String) -> [UInt8] { Array(Data(base64Encoded: base64) ?? Data()) }

    /// Asks a server that sends these headers and then these slices, one after the other.
    private func fetch(_ headers: String, _ slices: [[UInt8]]) async throws -> String {
        let server = try RawServer { connection in
            guard connection.request() != nil else { return }
            connection.send("HTTP/1.1 200 OK\n\(headers)Content-Length: \(slices.reduce(0) { $0 + $1.count })\n\n")
            for slice in slices { connection.send(slice) }
        }
        defer { server.stop() }
        return try await Transfer.plain().fetch(CurlRequest(url: server.url())).text
    }

    @Test(
        "A body is decompressed whatever form its coding has",
        arguments: wholeBodies)
    func decompressed(coding: String, slices: [[UInt8]]) async throws {
        #expect(try await fetch("Content-Encoding: \(coding)\n", slices) == Self.text)
    }

    @Test("Codings that lie one over the other are undone in turn, the last one first")
    func codings() async throws {
        let twice = Self.bytes("H4sIAAAAAAACA5Pv5mAAASbmzZxeunonzmv7bd18sd2Y8RCXP5soUAIAgA5MsiEAAAA=")
        #expect(try await fetch("Content-Encoding: gzip\nContent-Encoding: gzip\n", [twice]) == Self.text)
    }

    @Test("A compressed body without a byte is an empty body")
    func empty() async throws {
        #expect(try await fetch("Content-Encoding: gzip\n", []) == "")
    }

    @Test(
        "What cannot be decompressed says so and stays an error, whatever was right before it",
        arguments: damagedBodies)
    func damaged(coding: String, body: [UInt8]) async throws {
        let server = try RawServer { connection in
            guard connection.request() != nil else { return }
            connection.answer(headers: "Content-Encoding: \(coding)\n", body: body)
        }
        defer { server.stop() }
        let response = try await Transfer.plain().send(CurlRequest(url: server.url()))
        for _ in 0..<2 {
            let error = await #expect(throws: CurlError.self) { try await response.body.collect(atMost: 1_000) }
            #expect(error?.code == .badEncoding)
            #expect(error?.message == "The decompression of the answer failed.")
        }
    }

    @Test("A small body that unfolds to a large one is in memory piece by piece")
    func unfolds() async throws {
        let file = GzippedZeros.file(runs: 200_000)
        let server = try RawServer { connection in
            guard connection.request() != nil else { return }
            connection.answer(headers: "Content-Encoding: gzip\n", body: file + file)
        }
        defer { server.stop() }
        let response = try await Transfer.plain().send(CurlRequest(url: server.url()))
        var received = 0
        for try await piece in response.body {
            #expect(piece.count <= Inflater.pieceLength)
            received += piece.count
        }
        #expect(received == 2 * (1 + 258 * 200_000))
        #expect(response.traffic.bodyBytes == received && response.traffic.wireBytes == 2 * file.count)
    }

    @Test(
        "Headers that are too long are refused with their limit, whether one is or all are",
        arguments: [
            "X-Long: \(String(repeating: "x", count: 300_000))\n",
            String(repeating: "X-More: \(String(repeating: "x", count: 1_000))\n", count: 300),
        ])
    func longHead(headers: String) async throws {
        let server = try RawServer { connection in
            guard connection.request() != nil else { return }
            connection.answer(headers: headers, body: Array(Self.text.utf8))
        }
        defer { server.stop() }
        let error = await #expect(throws: CurlError.self) {
            try await Transfer.plain().send(CurlRequest(url: server.url()))
        }
        #expect(error?.code == .tooLarge)
        #expect(error?.detail == "the headers are longer than 256 KiB in all, or one is longer than 100 KiB")
    }
}
