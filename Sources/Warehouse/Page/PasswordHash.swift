internal import Crypto
internal import CryptoExtras
internal import Foundation

/// What scrypt costs: time and memory, for us as for whoever guesses.
public struct PasswordCost: Sendable, Hashable {
    /// Binary logarithm of the rounds (N).
    let logRounds: Int
    /// Size of a block (r).
    let blockSize: Int
    /// Lanes (p).
    let lanes: Int

    /// What OWASP's guidance asks for: N = 2^17, r = 8, p = 1, that is 128 MiB and some 0.3 s.
    public static let standard = PasswordCost(logRounds: 17, blockSize: 8, lanes: 1)
    /// Too little for anything but a test that signs in often.
    public static let ofTests = PasswordCost(logRounds: 4, blockSize: 8, lanes: 1)

    /// Memory and time, in the same unit for both.
    var work: Int { (1 << logRounds) * blockSize * lanes }
}

/// The hash of a password with its salt and its cost, as `page_user.password_hash` keeps it.
///
/// The text has the form that many programs know: `$scrypt$ln=17,r=8,p=1$SALT$HASH`, both parts in base64 without `=`.
struct PasswordHash: Sendable, Hashable {
    let cost: PasswordCost
    let salt: [UInt8]
    let hash: [UInt8]

    /// Hashes a password, not empty, with a new salt.
    init(of password: [UInt8], cost: PasswordCost) throws(WarehouseError) {
        let salt = SymmetricKey(size: .bits128).withUnsafeBytes { Array($0) }
        try self.init(of: password, salt: salt, cost: cost)
    }

    private init(of password: [UInt8], salt: [UInt8], cost: PasswordCost) throws(WarehouseError) {
        self.cost = cost
        self.salt = salt
        do {
            let key = try KDF.Scrypt.deriveKey(
                from: password, salt: salt, outputByteCount: 32, rounds: 1 << cost.logRounds, blockSize: cost.blockSize,
                parallelism: cost.lanes)
            hash = key.withUnsafeBytes { Array($0) }
        } catch {
            throw WarehouseError(
                .outOfResources, subject: "password",
                message:
                    "Inflow could not hash a password: it needs \(cost.work * 128 >> 20) MiB of memory for a moment. "
                    + "Nothing was changed. Free memory on this machine and try again.")
        }
    }

    /// Reads a stored hash; `nil` where the text is none.
    init?(_ text: String) {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 5, parts[0].isEmpty, parts[1] == "scrypt",
            let match = parts[2].wholeMatch(of: /ln=([0-9]{1,2}),r=([0-9]{1,2}),p=([0-9]{1,2})/),
            let logRounds = Int(match.1), let blockSize = Int(match.2), let lanes = Int(match.3),
            1...22 ~= logRounds, 1...32 ~= blockSize, 1...16 ~= lanes,
            let salt = PasswordHash.bytes(parts[3]), let hash = PasswordHash.bytes(parts[4]), salt.count >= 8,
            hash.count == 32
        else { return nil }
        cost = PasswordCost(logRounds: logRounds, blockSize: blockSize, lanes: lanes)
        (self.salt, self.hash) = (salt, hash)
    }

    /// The text that is stored.
    var text: String {
        "$scrypt$ln=\(cost.logRounds),r=\(cost.blockSize),p=\(cost.lanes)$\(PasswordHash.base64(salt))"
            + "$\(PasswordHash.base64(hash))"
    }

    /// Whether a password is the one that was hashed; takes as long whether it is or not.
    func fits(_ password: [UInt8]) throws(WarehouseError) -> Bool {
        let other = try PasswordHash(of: password, salt: salt, cost: cost)
        return zip(hash, other.hash).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private static func base64(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString().replacing("=", with: "")
    }

    private static func bytes(_ text: String) -> [UInt8]? {
        let padded = text + String(repeating: "=", count: (4 - text.count % 4) % 4)
        return Data(base64Encoded: padded).map { Array($0) }
    }
}
