internal import Crypto
internal import Foundation
internal import Inflow

/// Random tokens that stand for a session, a link or a program, and what the warehouse keeps of them.
///
/// A token has 256 bits of the system's generator, so its SHA-256 is as good as the token for finding it, and of no
/// use to whoever reads a copy of the database: a slow hash would add nothing. It is found by an index over hashes,
/// so the time of an answer tells nothing about a token.
enum PageToken {
    /// A new token: `prefix` and 43 letters, digits, `-` and `_`.
    static func make(prefix: String = "") -> String {
        let key = SymmetricKey(size: .bits256)
        return prefix + base64(key.withUnsafeBytes { Data($0) })
    }

    /// What the warehouse keeps of a token.
    static func hash(_ token: String) -> [UInt8] { Array(SHA256.hash(data: Data(token.utf8))) }

    /// The secret that a session's forms carry, made of the session's token.
    ///
    /// Whoever can read a form cannot get the token from it, and it is stored nowhere.
    static func formSecret(of token: String) -> String {
        let key = SymmetricKey(data: Data(token.utf8))
        return base64(Data(HMAC<SHA256>.authenticationCode(for: Data("inflow form".utf8), using: key)))
    }

    /// Text of a browser or a proxy as it is kept: without control characters, and cut.
    static func kept(_ text: String, most: Int) -> String { String(text.harmless.prefix(most)) }

    private static func base64(_ bytes: Data) -> String {
        bytes.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
