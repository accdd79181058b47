import TestSupport
import Testing

@testable import Records

@Suite("Slices")
struct SlicingTests {
    private func outcome(
        _ body: [UInt8], slicing: Slicing, joinLength: Int, seed: UInt64 = 1
    ) -> (Reading?, ParseError.Code?) {
        var limits = ParserLimits()
        limits.batchRecords = 7
        do throws(ParseError) {
            var reading = try read(body, limits: limits, slicing: slicing, joinLength: joinLength, seed: seed)
            // Names in a last batch without records may differ; sizes and texts may not.
            reading.batchSizes.removeAll { $0 == 0 }
            return (reading, nil)
        } catch {
            return (nil, error.code)
        }
    }

    @Test("a body comes to the same, however it is cut up", arguments: Bodies.all.indices)
    func sameOutcome(index: Int) {
        let body = Bodies.all[index]
        let whole = outcome(body, slicing: .whole, joinLength: 4_096)
        for joinLength in [1, 64, 4_096] {
            for slicing in Slicing.allCases {
                for seed: UInt64 in 1...3 {
                    let other = outcome(body, slicing: slicing, joinLength: joinLength, seed: seed)
                    #expect(other.0 == whole.0)
                    #expect(other.1 == whole.1)
                }
            }
        }
    }

    @Test("a long answer comes to the same in slices of any length")
    func longAnswer() throws {
        let job =
            "<Job><ID>J1</ID><Name>Kea &amp; Sons é\u{1} &nbsp;<![CDATA[<&#0;>]]></Name><Note a='1'>x\n</Note></Job>"
        let body = Array(("<Response><Jobs>" + String(repeating: job, count: 3_000) + "</Jobs></Response>").utf8)
        let whole = try read(body)
        #expect(whole.records.count == 3_000)
        #expect(whole.replaced == 3_000)
        #expect(whole.records.allSatisfy { $0 == whole.records[0] })
        for seed: UInt64 in 1...3 {
            #expect(try read(body, slicing: .random, seed: seed) == whole)
        }
        #expect(try read(body, slicing: .bytes) == whole)
    }

    @Test("any bytes come to a reading or an error")
    func mutated() {
        var random = SeededNumbers(seed: 20_260_301)
        let nasty: [[UInt8]] =
            ["<", ">", "&", "]]>", "<![CDATA[", "<!--", "-->", "<?", "?>", "&#0;", "<!D", "'", "\"", "/>"]
            .map { Array($0.utf8) } + [[0], [0xFF], [0xE2, 0x82], [0xF0]]
        var outcomes = [0, 0]
        for round in 0..<1_500 {
            var body = Bodies.all[round % Bodies.all.count]
            if body.count > 3_000 { body.removeLast(body.count - 3_000) }
            for _ in 0..<Int.random(in: 1...3, using: &random) where !body.isEmpty {
                let place = Int.random(in: 0..<body.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: body[place] = UInt8.random(in: 0...255, using: &random)
                case 1: body.insert(contentsOf: nasty[Int.random(in: 0..<nasty.count, using: &random)], at: place)
                case 2: body.removeSubrange(place..<min(body.count, place + Int.random(in: 1...30, using: &random)))
                default: body.append(contentsOf: body[place...].prefix(200))
                }
            }
            let seed = random.next()
            let one = outcome(body, slicing: .random, joinLength: 1, seed: seed)
            let other = outcome(body, slicing: .whole, joinLength: 4_096)
            #expect(one.0 == other.0, "round \(round)")
            outcomes[one.0 == nil ? 0 : 1] += 1
        }
        #expect(outcomes.allSatisfy { $0 > 20 }, "\(outcomes)")
    }
}
