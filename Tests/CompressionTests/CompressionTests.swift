import Compression
import Testing

@Suite("Compression")
struct CompressionTests {
    /// Text that compresses well in some places and badly in others.
    private func text(_ length: Int) -> [UInt8] {
        var state: UInt32 = 1
        return (0..<length).map { place in
            state = state &* 1_664_525 &+ 1_013_904_223
            return place % 5_000 < 4_000 ? UInt8(ascii: "a") + UInt8(place % 7) : UInt8(truncatingIfNeeded: state >> 24)
        }
    }

    private func compress(
        _ bytes: [UInt8], slice: Int = 100_000, with compressor: Compressor? = nil
    ) throws -> [UInt8] {
        let compressor = try compressor ?? Compressor()
        compressor.begin()
        var output: [UInt8] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            try compressor.add(Array(rest.prefix(slice)), to: &output)
            rest = rest.dropFirst(slice)
        }
        try compressor.finish(into: &output)
        return output
    }

    /// All bytes, fed in slices, and whether the stream was complete.
    private func decompress(_ bytes: [UInt8], slice: Int = 65_536) throws -> (bytes: [UInt8], isComplete: Bool) {
        let decompressor = try Decompressor()
        var output: [UInt8] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            decompressor.feed(Array(rest.prefix(slice)))
            rest = rest.dropFirst(slice)
            while let piece = try decompressor.next() {
                #expect(!piece.isEmpty && piece.count <= Decompressor.pieceLength)
                output += piece
            }
        }
        return (output, decompressor.isComplete)
    }

    @Test(
        "What was compressed comes back byte for byte, however both were cut",
        arguments: [0, 1, 100, 131_072, 1_000_000], [(1_000_000, 1), (131_072, 65_536), (777, 100_000)])
    func roundTrip(_ length: Int, _ slices: (Int, Int)) throws {
        let bytes = text(length)
        let compressed = try compress(bytes, slice: slices.0)
        let (back, isComplete) = try decompress(compressed, slice: slices.1)
        #expect(back == bytes)
        #expect(isComplete)
        if length > 1_000 { #expect(compressed.count < bytes.count / 2) }
    }

    @Test("What grows a thousandfold comes in pieces too")
    func growing() throws {
        let bytes = [UInt8](repeating: 0, count: 5_000_000)
        let compressed = try compress(bytes)
        #expect(compressed.count < 5_000)
        #expect(try decompress(compressed).bytes == bytes)
    }

    @Test("One compressor makes one stream after the other; one that was not finished leaves nothing behind")
    func reuse() throws {
        let compressor = try Compressor()
        let alone = try compress(text(50_000))
        var dropped: [UInt8] = []
        compressor.begin()
        try compressor.add(text(400_000), to: &dropped)
        #expect(try compress(text(50_000), with: compressor) == alone)
        #expect(try compress(text(50_000), with: compressor) == alone)
    }

    @Test(
        "A stream that is cut short is not complete; one that was changed, or has something after its end, is damaged")
    func damaged() throws {
        let compressed = try compress(text(300_000))
        #expect(try !decompress(Array(compressed.dropLast())).isComplete)
        #expect(try !decompress([]).isComplete)
        #expect(throws: CompressionError.damaged) { try decompress(compressed + [0]) }
        #expect(throws: CompressionError.damaged) { try decompress(Array("no stream".utf8)) }
        var changed = compressed
        changed[changed.count - 1] ^= 1
        #expect(throws: CompressionError.damaged) { try decompress(changed) }
    }
}
