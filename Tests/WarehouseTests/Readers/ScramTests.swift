import Crypto
import Foundation
import Testing

@testable import Warehouse

@Suite("Readers: passwords")
struct ScramTests {
    /// Source: RFC 7677, section 3: an exchange of user "user" with password "pencil".
    @Test("A verifier proves and is proved as the RFC's example has it")
    func example() throws {
        let salt = try #require(Data(base64Encoded: "W22ZaJ0SNY7soEsUEjb6gQ=="))
        let verifier = ScramVerifier(password: "pencil", salt: Array(salt), iterations: 4096)
        let said = """
            n=user,r=rOprNGfwEbeRWgbNEkqO,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,\
            s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0
            """
        let signed = { (key: [UInt8]) in
            Array(HMAC<SHA256>.authenticationCode(for: Array(said.utf8), using: SymmetricKey(data: key)))
        }
        #expect(
            Data(signed(verifier.serverKey)).base64EncodedString() == "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")
        // The proof is the client's key hidden under a signature; what is kept is the key's hash.
        let proof = try #require(Data(base64Encoded: "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="))
        let clientKey = zip(proof, signed(verifier.storedKey)).map { $0 ^ $1 }
        #expect(Array(SHA256.hash(data: clientKey)) == verifier.storedKey)
        #expect(verifier.text.hasPrefix("SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$"))
    }

    @Test("Two verifiers of one password differ, and two passwords")
    func random() {
        #expect(ScramVerifier(password: "a", iterations: 1).text != ScramVerifier(password: "a", iterations: 1).text)
        let passwords = (0..<100).map { _ in ReaderPassword.make() }
        #expect(Set(passwords).count == 100)
        #expect(passwords.allSatisfy { $0.count == 32 && $0.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) } })
    }

    @Test("Names of roles carry the database's, fit into 63 bytes and stay apart")
    func names() {
        #expect(ReaderRoles.roleName(database: "inflow", connection: 7) == "inflow_reader_7")
        #expect(ReaderRoles.roleName(database: "inflow", connection: nil) == "inflow_reader_all")
        #expect(ReaderRoles.roleName(database: "pg_mine", connection: 7) == "inflow_pg_mine_reader_7")
        let long = String(repeating: "ä", count: 30)
        let names = ["x", "y"].map { ReaderRoles.roleName(database: long + $0, connection: .max) }
        #expect(names.allSatisfy { $0.utf8.count <= 63 && $0.hasSuffix("_reader_9223372036854775807") })
        #expect(names[0] != names[1])
    }
}
