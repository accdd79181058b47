import Foundation
import Inflow
import Testing

@Suite("TokenLife")
struct TokenLifeTests {
    private let issued = Instant(timeIntervalSince1970: 1_790_000_000)
    private func day(_ days: Double) -> Instant { issued.addingTimeInterval(days * 86_400) }

    @Test("A refresh token is due at half of its life, and a person is warned in the last week")
    func life() {
        let life = TokenLife(issuedAt: issued, days: 60)
        #expect(life.endsAt == day(60))
        #expect(!life.isDue(at: day(29.9)) && life.isDue(at: day(30)))
        #expect(life.warning(at: day(52.9), connection: "acme", in: .gmt) == nil)
        #expect(life.warning(at: day(53), connection: "acme", in: .gmt)?.contains("inflow token refresh acme") == true)
        #expect(life.warning(at: day(60), connection: "acme", in: .gmt)?.contains("inflow authorise acme") == true)
    }

    @Test("A pair's tokens are of one age unless the platform kept the refresh token")
    func age() {
        let pair = TokenPair(access: "a", refresh: "r", accessExpiresAt: day(1), issuedAt: issued)
        #expect(pair.refreshIssuedAt == issued)
        let kept = TokenPair(
            access: "a", refresh: "r", accessExpiresAt: day(1), issuedAt: issued, refreshIssuedAt: day(-9))
        #expect(kept.refreshIssuedAt == day(-9))
    }
}
