import Crypto
import Foundation

/// SHA-256 and the two spellings of bytes that the sandbox writes.
enum Hashing {
    /// The SHA-256 digest of the bytes.
    static func sha256(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        Array(SHA256.hash(data: Array(bytes)))
    }

    /// The bytes in lower-case hexadecimal, two digits each.
    static func hex(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// Base64 with the URL-safe alphabet and without padding (RFC 4648, section 5), as a proof key and a JWT have it.
    static func base64URL(_ bytes: some Sequence<UInt8>) -> String {
        let text = Data(Array(bytes)).base64EncodedString()
        return text.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
