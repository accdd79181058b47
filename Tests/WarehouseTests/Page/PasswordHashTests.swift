import Inflow
import Testing

@testable import Warehouse

@Suite("Hashes of passwords")
struct PasswordHashTests {
    @Test("scrypt gives what RFC 7914 says, and a stored text is read back as it was")
    func vector() throws {
        let text = "$scrypt$ln=14,r=8,p=1$U29kaXVtQ2hsb3JpZGU$cCO9yzr9c0hGHAbNgf046/2o+7qQT44+qbVD9lRdofI"
        let hash = try #require(PasswordHash(text))
        #expect(hash.text == text)
        #expect(try hash.fits(Array("pleaseletmein".utf8)))
        #expect(try !hash.fits(Array("pleaseletmeon".utf8)))
    }

    @Test("The standard is what OWASP asks for; each hash has a salt of its own")
    func standard() throws {
        #expect(PasswordCost.standard == PasswordCost(logRounds: 17, blockSize: 8, lanes: 1))
        let one = try PasswordHash(of: Array("the same".utf8), cost: .ofTests)
        let other = try PasswordHash(of: Array("the same".utf8), cost: .ofTests)
        #expect(one.salt != other.salt && one.hash != other.hash && one.salt.count == 16)
        #expect(one.text.hasPrefix("$scrypt$ln=4,r=8,p=1$") && !one.text.contains("=" + "$"))
    }

    @Test(
        "A text that is no hash is none, however it is cut or stretched",
        arguments: [
            "", "secret", "$scrypt$ln=14,r=8,p=1$U29kaXVtQ2hsb3JpZGU$",
            "$scrypt$ln=99,r=8,p=1$U29kaXVtQ2hsb3JpZGU$cCO9",
            "$scrypt$ln=14,r=0,p=1$U29kaXVtQ2hsb3JpZGU$cCO9yzr9c0hGHAbNgf046/2o+7qQT44+qbVD9lRdofI",
            "$argon2id$ln=14,r=8,p=1$U29kaXVtQ2hsb3JpZGU$cCO9yzr9c0hGHAbNgf046/2o+7qQT44+qbVD9lRdofI",
            "$scrypt$ln=14,r=8,p=1$U29$cCO9yzr9c0hGHAbNgf046/2o+7qQT44+qbVD9lRdofI",
        ])
    func noHash(_ text: String) {
        #expect(PasswordHash(text) == nil)
    }

    @Test("A password that no account can have costs as much and fits nothing")
    func impossible() async throws {
        let hashing = PasswordHashing(cost: .ofTests)
        let stored = try PasswordHash(of: Array("nobody's password".utf8), cost: .ofTests).text
        for typed in ["", String(repeating: "a", count: 5_000)] {
            #expect(try await !hashing.compare(typed, with: stored).fits)
        }
        #expect(try await !hashing.compare("nobody's password", with: nil).fits)
        #expect(try await hashing.compare("nobody's password", with: stored).fits)
    }

    @Test("Tokens are 256 random bits, and what forms carry does not give them away")
    func tokens() {
        let tokens = (0..<100).map { _ in PageToken.make(prefix: "inflow_") }
        #expect(Set(tokens).count == 100)
        for token in tokens { #expect(token.wholeMatch(of: /inflow_[A-Za-z0-9_-]{43}/) != nil, "\(token)") }
        let secrets = tokens.map(PageToken.formSecret)
        #expect(Set(secrets).count == 100 && Set(secrets).isDisjoint(with: tokens))
        #expect(PageToken.formSecret(of: tokens[0]) == secrets[0], "the same on every server")
        #expect(PageToken.hash(tokens[0]).count == 32)
    }
}
