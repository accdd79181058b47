import HTTPTypes

/// The faults of encoding: character sets, compression, heads.
enum BodyEncoding {
    /// Encodes a body in UTF-8 another way, with the headers that go with it; leaves it alone for other kinds.
    static func encode(_ bytes: inout [UInt8], _ headers: inout HTTPFields, _ fault: Fault) {
        switch fault.kind {
        case .latin1:
            bytes = latin1(undeclared(bytes))
            headers[.contentType] = "text/xml; charset=ISO-8859-1"
        case .utf16:
            bytes = utf16(declared(bytes, "utf-16"), isBigEndian: false)
            headers[.contentType] = "application/xml; charset=utf-16"
        case .utf16BigEndian:
            bytes = utf16(declared(bytes, "utf-16"), isBigEndian: true)
            headers[.contentType] = "application/xml; charset=utf-16"
        case .utf16Declared: bytes = declared(bytes, "utf-16")
        case .undecodable:
            bytes = utf16(declared(bytes, "utf-16"), isBigEndian: false) + [0x00, 0xD8, 0x41]
            headers[.contentType] = "application/xml; charset=utf-16"
        case .unknownCharset:
            bytes = declared(bytes, "x-platform-1")
            headers[.contentType] = "application/xml; charset=x-platform-1"
        case .wrongCharset: headers[.contentType] = "text/xml; charset=\(fault.text ?? "ISO-8859-1")"
        case .gzipMembers:
            bytes = Gzip.member(bytes[..<(bytes.count / 2)]) + Gzip.member(bytes[(bytes.count / 2)...])
            headers[.contentEncoding] = "gzip"
        case .rawGzip: bytes = Gzip.member(bytes[...])
        case .longHead:
            if let name = HTTPField.Name("X-Padding") {
                headers[name] = String(repeating: "p", count: max(1, fault.bytes ?? 300_000))
            }
        default: break
        }
    }

    /// The body without its declaration.
    private static func undeclared(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.starts(with: Array("<?xml".utf8)), let end = bytes.firstIndex(of: 62) else { return bytes }
        return Array(bytes[(end + 1)...])
    }

    /// The body with a declaration that names an encoding.
    private static func declared(_ bytes: [UInt8], _ encoding: String) -> [UInt8] {
        Array("<?xml version=\"1.0\" encoding=\"\(encoding)\"?>".utf8) + undeclared(bytes)
    }

    /// The text in Latin-1; characters it does not have become references.
    private static func latin1(_ bytes: [UInt8]) -> [UInt8] {
        String(decoding: bytes, as: UTF8.self).unicodeScalars.flatMap { scalar -> [UInt8] in
            scalar.value < 256 ? [UInt8(scalar.value)] : Array("&#x\(String(scalar.value, radix: 16));".utf8)
        }
    }

    /// The text in UTF-16 with a byte order mark.
    private static func utf16(_ bytes: [UInt8], isBigEndian: Bool) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count * 2 + 2)
        for unit in [0xFEFF] + Array(String(decoding: bytes, as: UTF8.self).utf16) {
            let (high, low) = (UInt8(unit >> 8), UInt8(unit & 255))
            result += isBigEndian ? [high, low] : [low, high]
        }
        return result
    }
}

/// The gzip format (RFC 1952) with stored blocks only: the sandbox needs its form, not its size.
enum Gzip {
    /// One member that holds the bytes.
    static func member(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]
        result.reserveCapacity(bytes.count + bytes.count / 1000 + 64)
        var rest = bytes
        repeat {
            let block = rest.prefix(65_535)
            rest = rest.dropFirst(block.count)
            let length = UInt16(block.count)
            result.append(rest.isEmpty ? 1 : 0)
            result += [UInt8(length & 255), UInt8(length >> 8), UInt8(~length & 255), UInt8(~length >> 8)]
            result += block
        } while !rest.isEmpty
        for number in [checksum(bytes), UInt32(truncatingIfNeeded: bytes.count)] {
            for shift: UInt32 in [0, 8, 16, 24] { result.append(UInt8(truncatingIfNeeded: number >> shift)) }
        }
        return result
    }

    /// The CRC-32 of the bytes.
    private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        var sum: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 1 ? (sum >> 1) ^ 0xEDB8_8320 : sum >> 1 }
        }
        return ~sum
    }
}
