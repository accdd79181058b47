internal import Crypto
internal import Foundation

/// What PostgreSQL keeps in place of a password (SCRAM-SHA-256), made here so that no password is ever sent or logged.
///
/// Source: RFC 5802 and RFC 7677; the form is that of `pg_authid.rolpassword`,
/// https://www.postgresql.org/docs/15/catalog-pg-authid.html.
struct ScramVerifier {
    let iterations: Int
    let salt: [UInt8]
    let storedKey: [UInt8]
    let serverKey: [UInt8]

    /// The verifier of a password of plain ASCII, which SASLprep leaves as it is.
    init(password: String, salt: [UInt8] = ScramVerifier.randomSalt(), iterations: Int = 4096) {
        let salted = SymmetricKey(data: Self.salted(password, salt, iterations))
        let clientKey = HMAC<SHA256>.authenticationCode(for: Array("Client Key".utf8), using: salted)
        self.iterations = iterations
        self.salt = salt
        storedKey = Array(SHA256.hash(data: Array(clientKey)))
        serverKey = Array(HMAC<SHA256>.authenticationCode(for: Array("Server Key".utf8), using: salted))
    }

    /// As `create role … password` takes it: letters, digits and `$ : + / =` only.
    var text: String {
        let base64 = { (bytes: [UInt8]) in Data(bytes).base64EncodedString() }
        return "SCRAM-SHA-256$\(iterations):\(base64(salt))$\(base64(storedKey)):\(base64(serverKey))"
    }

    private static func randomSalt() -> [UInt8] {
        var random = SystemRandomNumberGenerator()
        return (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &random) }
    }

    /// PBKDF2 with HMAC-SHA-256, of which one block is needed.
    private static func salted(_ password: String, _ salt: [UInt8], _ iterations: Int) -> [UInt8] {
        let key = SymmetricKey(data: Array(password.utf8))
        var round = Array(HMAC<SHA256>.authenticationCode(for: salt + [0, 0, 0, 1], using: key))
        var sum = round
        for _ in 1..<max(1, iterations) {
            round = Array(HMAC<SHA256>.authenticationCode(for: round, using: key))
            for index in sum.indices { sum[index] ^= round[index] }
        }
        return sum
    }
}

/// A password that nobody chose.
enum ReaderPassword {
    /// Letters and digits that are not taken for one another; all of them plain in any connection string.
    private static let alphabet = Array("abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789")

    /// 32 characters from the system's generator, 185 bits.
    static func make() -> String {
        var random = SystemRandomNumberGenerator()
        return String((0..<32).compactMap { _ in alphabet.randomElement(using: &random) })
    }
}
