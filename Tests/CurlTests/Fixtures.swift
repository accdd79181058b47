import Foundation

@testable import Curl

extension Transfer {
    /// An engine that knows nothing of the environment of the tests.
    static func plain(now: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now }) -> Transfer {
        Transfer(configuration: CurlConfiguration(), now: now)
    }

    /// Sends a request and reads its whole body.
    func fetch(_ request: CurlRequest) async throws -> (response: CurlResponse, text: String) {
        let response = try await send(request)
        return (response, String(decoding: try await response.body.collect(atMost: 1 << 24), as: UTF8.self))
    }
}

/// A long body that repeats itself with a period that fits no buffer, so that a lost or doubled byte is seen.
enum Pattern {
    static let period = 251 * 1_009
    private static let bytes = (0..<period * 2).map {
        UInt8(truncatingIfNeeded: ($0 % period) &* 31 ^ ($0 % period) >> 8)
    }

    /// At most `count` bytes of the pattern from a place in it.
    static func slice(at offset: Int, count: Int) -> ArraySlice<UInt8> {
        bytes[(offset % period)...].prefix(min(count, period))
    }

    /// Whether the bytes are those of the pattern from a place in it.
    static func matches(_ piece: [UInt8], at offset: Int) -> Bool {
        var done = 0
        while done < piece.count {
            let wanted = slice(at: offset + done, count: piece.count - done)
            let isSame = wanted.withUnsafeBytes { wanted in
                piece[done...].withUnsafeBytes { piece in
                    guard let left = wanted.baseAddress, let right = piece.baseAddress else { return false }
                    return memcmp(left, right, wanted.count) == 0
                }
            }
            guard isSame else { return false }
            done += wanted.count
        }
        return true
    }
}

/// Makes a gzip file of zeros, some 160 times smaller than what it holds.
enum GzippedZeros {
    /// A gzip file of `1 + 258 * runs` zeros: one block of fixed Huffman codes.
    static func file(runs: Int) -> [UInt8] {
        var bits = BitWriter()
        bits.write(0b011, count: 3)
        bits.writeReversed(0b0011_0000, count: 8)
        for _ in 0..<runs {
            bits.writeReversed(0b1100_0101, count: 8)
            bits.write(0, count: 5)
        }
        bits.write(0, count: 7)
        let length = UInt32(1 + 258 * runs)
        let header: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]
        return header + bits.finished + littleEndian(crc(zeros: length)) + littleEndian(length)
    }

    private static func littleEndian(_ value: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }

    private static func crc(zeros: UInt32) -> UInt32 {
        let table = (0..<UInt32(256)).map { start in
            (0..<8).reduce(start) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xedb8_8320 : value >> 1 }
        }
        var crc = UInt32.max
        table.withUnsafeBufferPointer { table in
            var left = zeros
            while left > 0 {
                crc = table[Int(crc & 0xff)] ^ crc >> 8
                left -= 1
            }
        }
        return ~crc
    }

    private struct BitWriter {
        private var bytes: [UInt8] = []
        private var pending: UInt32 = 0
        private var pendingCount: UInt32 = 0

        var finished: [UInt8] { pendingCount > 0 ? bytes + [UInt8(truncatingIfNeeded: pending)] : bytes }

        mutating func write(_ value: UInt32, count: UInt32) {
            pending |= value << pendingCount
            pendingCount += count
            while pendingCount >= 8 {
                bytes.append(UInt8(truncatingIfNeeded: pending))
                pending >>= 8
                pendingCount -= 8
            }
        }

        mutating func writeReversed(_ value: UInt32, count: UInt32) {
            for bit in (0..<count).reversed() { write(value >> bit & 1, count: 1) }
        }
    }
}
