import Inflow
import Testing

@testable import Records

@Suite("Records of a JSON answer")
struct JSONRecordReaderTests {
    private func read(_ body: String, limits: ParserLimits = .init()) throws(ParseError) -> Reading {
        let reader = JSONRecordReader(record: "JobStatus", vocabulary: ["uuid", "name"], limits: limits)
        let (batches, counters) = try reader.read(Array(body.utf8))
        var reading = Reading()
        for batch in batches { reading.add(batch) }
        reading.counters = counters
        return reading
    }

    private func refusal(of body: String, limits: ParserLimits = .init()) -> ParseError.Code? {
        do throws(ParseError) {
            _ = try read(body, limits: limits)
            return nil
        } catch {
            return error.code
        }
    }

    @Test("a list under data is read with its total")
    func list() throws {
        let reading = try read(#"{"data":[{"uuid":"u1","Name":"On Hold"},{"uuid":"u2","name":"PLANNED"}],"total":2}"#)
        #expect(reading.records == ["JobStatus(name[On Hold] uuid[u1])", "JobStatus(name[PLANNED] uuid[u2])"])
        #expect(reading.ordinals == [0, 1])
        #expect(reading.counters.totalRecords == 2)
        #expect(reading.counters.pulled == 2)
    }

    @Test("what stands beside data is noted, and each value of another list counts as outside")
    func outside() throws {
        let reading = try read(
            #"{"data":[{"name":"a"}],"total":1,"links":{"next":"x"},"archived":[{"name":"b"}],"v":"2"}"#)
        #expect(reading.counters.pulled == 1 && reading.counters.outside == 1)
        #expect(reading.counters.unknown == ["archived": "", "links": "", "v": "2"])
    }

    @Test("a bare array and a single record under data are read")
    func otherShapes() throws {
        #expect(try read(#"[{"name":"a"}]"#).records == ["JobStatus(name[a])"])
        #expect(try read(#"{"data":{"name":"a"}}"#).records == ["JobStatus(name[a])"])
        #expect(try read(#"{"data":[]}"#).records.isEmpty)
        #expect(try read(#"{"data":null,"total":0}"#).records.isEmpty)
        #expect(throws: ParseError.self) { try read(#"{"data":null}"#) }
    }

    @Test("scalars are written as text, objects nested, arrays repeated")
    func values() throws {
        let body =
            #"[{"a":null,"b":true,"c":false,"d":12.50,"e":1,"f":-0.1,"g":{"y":"2","x":"1"},"h":["p",["q"]],"i":[]}]"#
        #expect(try read(body).only == "JobStatus(a b[true] c[false] d[12.5] e[1] f[-0.1] g(x[1] y[2]) h[p] h[q])")
    }

    @Test("characters that XML cannot hold are replaced and counted")
    func characters() throws {
        let reading = try read(#"[{"name":"a\u0000b\u001fc\ud83d\ude00"}]"#)
        #expect(reading.only == "JobStatus(name[a\u{FFFD}b\u{FFFD}c😀])")
        #expect(reading.replaced == 2)
        let reader = JSONRecordReader(record: "S", vocabulary: [])
        let (batches, _) = try reader.read(Array(#"["a"#.utf8) + [0xFF] + Array(#""]"#.utf8))
        #expect(batches.map(\.replacedCharacters) == [1])
        #expect(batches.first?[0].text == "a\u{FFFD}")
    }

    @Test("bodies that are not such an answer are refused with their code")
    func refusals() {
        #expect(refusal(of: "") == .empty)
        #expect(refusal(of: " \n") == .empty)
        #expect(refusal(of: "<html>Sorry</html>") == .html)
        #expect(refusal(of: "<!DOCTYPE html>") == .html)
        #expect(refusal(of: "<Response/>") == .notJSON)
        #expect(refusal(of: #"{"data":["#) == .notJSON)
        #expect(refusal(of: #"{"data":[]} x"#) == .notJSON)
        #expect(refusal(of: #"{"message":"no"}"#) == .unexpectedRoot)
        #expect(refusal(of: #""text""#) == .unexpectedRoot)
        #expect(refusal(of: "[" + String(repeating: " ", count: 1 << 20) + "]") == .tooLong)
        let deep =
            #"[{"a":"# + String(repeating: #"{"a":"#, count: 100) + "1" + String(repeating: "}", count: 101) + "]"
        #expect(refusal(of: deep) == .tooDeep)
        #expect(refusal(of: String(repeating: "[", count: 100_000)) == .notJSON)
    }

    @Test("a text over the limit makes its record unreadable")
    func longText() throws {
        var limits = ParserLimits()
        limits.textLength = 5
        let reading = try read(#"[{"name":"abcdefgh"},{"name":"x"}]"#, limits: limits)
        #expect(reading.records == ["JobStatus(name[x])"])
        #expect(reading.unreadable == ["0 too_long JobStatus/name 8"])
    }
}
