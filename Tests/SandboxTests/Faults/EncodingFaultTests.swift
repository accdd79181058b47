import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Testing

@testable import Sandbox

@Suite("Bodies in other character sets and compressions, and heads that are too long")
struct EncodingFaultTests {
    /// A body with an accent, an emoji and a typographic quote, as it is without a fault, and with one.
    private func answers(
        _ fault: String, _ check: @escaping @Sendable (_ usual: String, _ spoiled: TestResponse) async throws -> Void
    ) async throws {
        try await SandboxFixture.run { (fixture: SandboxFixture) async throws in
            let key = try #require(try await listed(fixture, "task.api/list", "TaskList/Task/UUID").first)
            try await fixture.control(
                .post, "edit", #"{"entity":"task","key":"\#(key)","set":{"Name":"Café – 😀"}}"#)
            let usual = try await fixture.get("/task.api/list").text
            try #require(usual.contains("Café – 😀"))
            try await fixture.control(.post, "faults", fault)
            try await check(usual, try await fixture.get("/task.api/list"))
            #expect(try await fixture.get("/task.api/list").text == usual)
        }
    }

    private func undeclared(_ text: String) -> String {
        guard text.hasPrefix("<?xml"), let end = text.firstIndex(of: ">") else { return text }
        return String(text[text.index(after: end)...])
    }

    @Test("Latin-1 is named by the header alone, and what it lacks is a reference")
    func latin1() async throws {
        try await answers(#"{"kind":"latin1"}"#) { usual, spoiled in
            #expect(spoiled.headers[.contentType] == "text/xml; charset=ISO-8859-1")
            let bytes = Data(spoiled.body.readableBytesView)
            #expect(bytes.contains(0xE9) && !bytes.contains(0xC3))
            let text = try #require(String(data: bytes, encoding: .isoLatin1))
            var expected = undeclared(usual).replacing("– 😀", with: "&#x2013; &#x1f600;")
            expected = expected.replacing("“", with: "&#x201c;").replacing("”", with: "&#x201d;")
            #expect(text == expected)
        }
    }

    @Test("UTF-16 has a byte order mark, a declaration and a header", arguments: ["utf16", "utf16_be"])
    func utf16(kind: String) async throws {
        try await answers(#"{"kind":"\#(kind)"}"#) { usual, spoiled in
            #expect(spoiled.headers[.contentType] == "application/xml; charset=utf-16")
            let bytes = Data(spoiled.body.readableBytesView)
            #expect(Array(bytes.prefix(2)) == (kind == "utf16" ? [0xFF, 0xFE] : [0xFE, 0xFF]))
            let text = try #require(String(data: bytes, encoding: .utf16))
            #expect(text == #"<?xml version="1.0" encoding="utf-16"?>"# + undeclared(usual))
        }
    }

    @Test("A declaration says utf-16 over bytes in UTF-8, as .NET writes it")
    func declared() async throws {
        try await answers(#"{"kind":"utf16_declared"}"#) { usual, spoiled in
            #expect(spoiled.headers[.contentType] == "application/xml; charset=utf-8")
            #expect(spoiled.text == #"<?xml version="1.0" encoding="utf-16"?>"# + undeclared(usual))
        }
    }

    @Test("Bytes that cannot be decoded end in half a character, and a character set may not exist")
    func undecodable() async throws {
        try await answers(#"{"kind":"undecodable"}"#) { _, spoiled in
            let bytes = Array(spoiled.body.readableBytesView)
            #expect(bytes.count % 2 == 1 && Array(bytes.suffix(3)) == [0x00, 0xD8, 0x41])
        }
        try await answers(#"{"kind":"unknown_charset"}"#) { _, spoiled in
            #expect(spoiled.text.hasPrefix(#"<?xml version="1.0" encoding="x-platform-1"?>"#))
            #expect(spoiled.headers[.contentType] == "application/xml; charset=x-platform-1")
        }
    }

    @Test("A header may name another character set than the body has")
    func wrongCharset() async throws {
        try await answers(#"{"kind":"wrong_charset"}"#) { usual, spoiled in
            #expect(spoiled.headers[.contentType] == "text/xml; charset=ISO-8859-1")
            #expect(spoiled.text == usual)
        }
    }

    @Test("gzip comes in two members, or without being announced", arguments: ["gzip_members", "raw_gzip"])
    func gzip(kind: String) async throws {
        try await answers(#"{"kind":"\#(kind)"}"#) { usual, spoiled in
            #expect(spoiled.headers[.contentEncoding] == (kind == "gzip_members" ? "gzip" : nil))
            let bytes = Data(spoiled.body.readableBytesView)
            #expect(Array(bytes.prefix(2)) == [0x1F, 0x8B])
            let text = try unpacked(bytes)
            #expect(text == Data(usual.utf8))
        }
    }

    /// The bytes as the system's `gzip` unpacks them; it checks length and checksum of each member.
    private func unpacked(_ bytes: Data) throws -> Data {
        let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).gz")
        try bytes.write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let (process, output) = (Process(), Pipe())
        process.executableURL = URL(filePath: "/bin/gzip")
        process.arguments = ["-dc", file.path]
        process.standardOutput = output
        try process.run()
        let unpacked = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return unpacked
    }

    @Test("A head of 300,000 letters comes before the usual body")
    func longHead() async throws {
        try await answers(#"{"kind":"long_head"}"#) { usual, spoiled in
            let name = try #require(HTTPField.Name("X-Padding"))
            #expect(spoiled.headers[name]?.count == 300_000)
            #expect(spoiled.text == usual)
        }
    }
}
