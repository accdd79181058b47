import Inflow
import TestSupport
import Testing

@testable import WorkflowMax

@Suite("11.4 Character sets over HTTP")
struct CharsetTests {
    private static let utf16: [UInt8] =
        [0xFF, 0xFE]
        + "<?xml version=\"1.0\" encoding=\"utf-16\"?><Response><Status>OK</Status><StaffList><Staff><UUID>é</UUID></Staff></StaffList></Response>"
        .utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }

    private func latin(_ declaration: String = "") -> [UInt8] {
        (declaration
            + "<Response><Status>OK</Status><StaffList><Staff><UUID>\u{E9}</UUID></Staff></StaffList></Response>")
            .unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
    }

    private func read(_ type: String, _ bytes: [UInt8]) async throws -> Pulled {
        let fixture = try SourceFixture { _, _ in
            ScriptedServer.Answer(headers: ["Content-Type: \(type)"], bytes: bytes)
        }
        do {
            let pulled = try await fixture.read(.staff, .whole)
            await fixture.stop()
            return pulled
        } catch {
            await fixture.stop()
            throw error
        }
    }

    @Test("The header's set, the declaration's and UTF-16 are decoded")
    func decoded() async throws {
        for (type, bytes) in [
            ("text/xml; charset=ISO-8859-1", latin()), ("text/xml;charset=\"iso-8859-1\"", latin()),
            ("application/xml", latin("<?xml version=\"1.0\" encoding=\"iso-8859-1\"?>")),
            ("application/xml", Self.utf16),
        ] {
            let pulled = try await read(type, bytes)
            #expect(pulled.keys == ["é"], "\(type)")
            #expect(pulled.replaced == 0 && pulled.doubts == [])
        }
    }

    @Test("Bytes that are not what is declared are replaced, counted and never silently taken")
    func replaced() async throws {
        let pulled = try await read("application/xml", latin())
        #expect(pulled.keys == ["\u{FFFD}"] && pulled.replaced == 1 && pulled.lost == 1)
        let doubtful = try await read(
            "text/xml; charset=ISO-8859-1", latin("<?xml version=\"1.0\" encoding=\"utf-8\"?>"))
        #expect(doubtful.keys == ["é"] && doubtful.doubts.count == 1)
    }

    @Test("A set that this machine does not know is an error that is not asked for again")
    func unknown() async throws {
        let fixture = try SourceFixture { _, _ in
            ScriptedServer.Answer(headers: ["Content-Type: text/xml; charset=klingon-8"], bytes: latin())
        }
        let error = await fixture.failure(.staff, .whole)
        #expect(error?.code == .unknownEncoding && error?.detail.contains("klingon-8") == true)
        #expect(error?.isBodyUnreadable == false, "a shorter span would be in the same set")
        #expect(fixture.server.requests.count == 1)
        await fixture.stop()
    }
}
