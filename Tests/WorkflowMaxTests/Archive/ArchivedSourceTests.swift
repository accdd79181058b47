import Crypto
import Foundation
import Inflow
import Testing

@testable import WorkflowMax

/// Pieces of archived answers, by number of the answer.
private struct Pieces: ArchiveReader {
    let pieces: [Int64: [[UInt8]]]

    func piece(_ number: Int, of answer: ArchivedAnswer) async throws(SourceError) -> [UInt8] {
        guard let all = pieces[answer.id], all.indices.contains(number) else {
            throw SourceError(.archive, subject: "test", message: "no such piece")
        }
        return all[number]
    }
}

@Suite("Records read from the archive")
struct ArchivedSourceTests {
    private let entity = EntityDefinition.task
    private let connection = Connection(
        id: 1, name: "acme",
        settings: ConnectionSettings(
            accountID: "org", clientID: "c", timeZone: .gmt, firstDate: LocalDate(daysSinceEpoch: 0)))

    private func body(_ names: String...) -> String {
        let tasks = names.map { "<Task><UUID>\($0)</UUID><Name>Pick &amp; <![CDATA[<place>]]> \($0)</Name></Task>" }
        return "<Response><Status>OK</Status><TaskList>\(tasks.joined())</TaskList></Response>"
    }

    /// What the recorder makes of bodies that come in slices, as the archive keeps it.
    private func archive(
        _ bodies: [String], endpoint: Endpoint? = nil, slice: Int = 10
    ) throws -> (ArchivedChunk, Pieces) {
        let recorder = ArchiveRecorder()
        var answers: [ArchivedAnswer] = []
        var pieces: [Int64: [[UInt8]]] = [:]
        for (index, body) in bodies.enumerated() {
            let request = APIRequest(
                endpoint: endpoint ?? entity.endpoint, query: [.init(name: "page", value: "\(index + 1)")],
                subject: "test")
            try recorder.begin(request)
            var rest = Array(body.utf8)[...]
            while !rest.isEmpty {
                try recorder.add(Array(rest.prefix(slice)), subject: "test")
                rest = rest.dropFirst(slice)
            }
            try recorder.end(request)
            var asked: ArchivedRequest?
            var length = 0
            for part in recorder.take() {
                switch part {
                case .began(let request): asked = request
                case .bytes(let bytes): pieces[Int64(index), default: []] += bytes.map { [$0] }
                case .ended(let bodyBytes, let digest):
                    length = bodyBytes
                    #expect(digest == Array(SHA256.hash(data: Data(body.utf8))))
                }
            }
            #expect(recorder.isEmpty)
            #expect(length == body.utf8.count)
            let kept = try #require(asked)
            #expect(kept.asked == "\(request.endpoint.path)?page=\(index + 1)")
            answers.append(
                ArchivedAnswer(
                    id: Int64(index), run: 1, chunk: "whole", kind: .whole, window: nil, request: kept,
                    askedAt: Date(timeIntervalSince1970: 0), bodyBytes: length, pieces: pieces[Int64(index)]?.count ?? 0
                ))
        }
        return (try #require(ArchivedChunk.chunks(of: answers).first), Pieces(pieces: pieces))
    }

    private func names(_ chunk: ArchivedChunk, _ pieces: Pieces) async throws -> [String] {
        let source = ArchivedSource(chunk, of: connection, reader: pieces)
        var names: [String] = []
        for try await batch in source.records(of: entity, in: .whole) {
            #expect(batch.answer.traffic == Traffic())
            for index in 0..<batch.count {
                names.append("\(batch.ordinals[index]) \(batch[index].text(at: "Name") ?? "")")
            }
        }
        return names
    }

    @Test("Archived answers are read as the platform's are, one after the other, ordinals going on")
    func read() async throws {
        let (chunk, pieces) = try archive([body("a", "b"), body(), body("c")])
        #expect(chunk.answers.count == 3)
        #expect(
            try await names(chunk, pieces) == ["0 Pick & <place> a", "1 Pick & <place> b", "2 Pick & <place> c"])
    }

    @Test("An answer that lost a piece, or was changed, is refused")
    func damaged() async throws {
        let (chunk, pieces) = try archive([body("a", "b")])
        let all = try #require(pieces.pieces[0])
        let cut = Array(all.dropLast())
        let broken: [[[UInt8]]] = [cut, cut + [[all[all.count - 1][0] ^ 1]], [[1, 2, 3]]]
        for bad in broken {
            let error = await #expect(throws: SourceError.self) { try await names(chunk, Pieces(pieces: [0: bad])) }
            #expect(error?.code == .archive)
        }
    }

    @Test("An answer of an endpoint that no definition names any more is refused in words")
    func unknownEndpoint() async throws {
        let (chunk, pieces) = try archive([body("a")], endpoint: Endpoint("old.api/list", items: "Response/Olds/Old"))
        let error = await #expect(throws: SourceError.self) { try await names(chunk, pieces) }
        #expect(error?.message.contains("old.api/list") == true)
    }

    @Test("A record is found by its key and given byte for byte; the last of its key, and nothing where it is not")
    func record() async throws {
        let (chunk, pieces) = try archive([body("a", "b").replacing("<Name>", with: "<!-- a --><Name  >")], slice: 3)
        let records = ArchivedRecords(entity, reader: pieces)
        let found = try await records.record("b", in: chunk.answers[0])
        #expect(
            found.map { String(decoding: $0, as: UTF8.self) }
                == "<Task><UUID>b</UUID><!-- a --><Name  >Pick &amp; <![CDATA[<place>]]> b</Name></Task>")
        #expect(try await records.record("place", in: chunk.answers[0]) == nil)
        let (twice, more) = try archive([
            "<Response><TaskList><Task><UUID>&#120;</UUID><Name>1</Name></Task><Task><UUID>x</UUID><Name>2</Name></Task>"
                + "<Task><UUID> y\n</UUID></Task></TaskList></Response>"
        ])
        let finder = ArchivedRecords(entity, reader: more)
        #expect(
            try await finder.record("x", in: twice.answers[0]).map { String(decoding: $0, as: UTF8.self) }
                == "<Task><UUID>x</UUID><Name>2</Name></Task>")
    }
}
