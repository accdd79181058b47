import Foundation
import Inflow
import TestSupport

/// Texts that nothing may show, different in each case.
struct FuzzSecrets: Sendable {
    let access: String
    let refresh: String
    let client: String

    init(_ numbers: inout SeededNumbers) {
        func secret(_ kind: String) -> String {
            "\(kind)-\(String(numbers.next(), radix: 36))-\(String(numbers.next(), radix: 36))"
        }
        (access, refresh, client) = (secret("access"), secret("refresh"), secret("client"))
    }

    /// A pair that is good for an hour, or one that must be refreshed.
    func pair(isSpent: Bool) -> TokenPair {
        TokenPair(
            access: access, refresh: refresh, accessExpiresAt: Instant(timeIntervalSinceNow: isSpent ? -60 : 3_600),
            issuedAt: Instant(timeIntervalSinceNow: -1_860))
    }
}
