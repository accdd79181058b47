internal import Crypto
public import Foundation
public import Inflow

/// The signature of a webhook: who has the key can tell that Inflow sent it, and when.
///
/// `t=UNIX,v1=HEX`, where HEX is the HMAC-SHA-256, under the key, of the seconds, a full stop and the body as it came.
public enum WebhookSignature {
    /// The header `Inflow-Signature` of a body.
    public static func header(_ body: [UInt8], key: String, at moment: Instant) -> String {
        let seconds = Int(moment.timeIntervalSince1970)
        let code = HMAC<SHA256>.authenticationCode(
            for: Array("\(seconds).".utf8) + body, using: SymmetricKey(data: Array(key.utf8)))
        return "t=\(seconds),v1=\(code.hexadecimal)"
    }
}
