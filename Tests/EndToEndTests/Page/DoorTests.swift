import Curl
import Foundation
import Inflow
import TestSupport
import Testing
import Warehouse

@Suite("The doors of the page", .database(.warehouse), .timeLimit(.minutes(5)))
struct DoorTests {
    private let transfer = Transfer(configuration: CurlConfiguration())

    /// Opens the link of a server with what a proxy would say, and returns the headers of the answer.
    private func enter(_ fixture: InflowFixture, _ options: String...) async throws -> CurlHeaders {
        let serve = try fixture.start(["serve", "--port", "0"] + options)
        #expect(await serve.error.contains("good once"), "\(serve.error.soFar)")
        let link = try #require(serve.error.soFar.firstMatch(of: /Open (http:\S+)/)?.1)
        let answer = try await transfer.send(
            CurlRequest(
                url: String(link),
                headers: [("X-Forwarded-For", "198.51.100.7, 203.0.113.9"), ("X-Forwarded-Proto", "https")]))
        _ = try await answer.body.collect(atMost: 1 << 20)
        serve.interrupt()
        _ = await serve.ending()
        #expect(answer.status == 303)
        return answer.headers
    }

    @Test("What a request says of where it was forwarded from counts from a proxy that was named, and from nobody else")
    func forwarded() async throws {
        try await InflowFixture.run { fixture in
            let plain = try await enter(fixture)
            let elsewhere = try await enter(fixture, "--behind-proxy", "203.0.113.1")
            let proxied = try await enter(fixture, "--behind-proxy", "127.0.0.1")
            let entries = try await AuditLog(fixture.warehouse).list(action: .linkUsed, limit: 9).reversed()
            // The last address is the proxy's own word; whoever sends the request writes the ones before.
            #expect(entries.map(\.doer.address) == ["127.0.0.1", "127.0.0.1", "203.0.113.9"])
            // A browser that speaks TLS with the proxy sends the session over nothing else.
            #expect(plain["Set-Cookie"]?.contains("Secure") == false && plain["Strict-Transport-Security"] == nil)
            for headers in [elsewhere, proxied] {
                #expect(headers["Set-Cookie"]?.contains("Secure") == true)
                #expect(headers["Strict-Transport-Security"]?.hasPrefix("max-age=") == true)
            }
        }
    }

    @Test("On an address of other machines nothing is served without TLS, half a certificate, or one that is none")
    func refused() async throws {
        try await InflowFixture.run { fixture in
            let file = try fixture.file("chain.pem", "no certificate")
            let refusals: [(options: [String], code: Int32, words: String)] = [
                (["--address", "0.0.0.0"], 64, "other machines could read what you send"),
                (["--address", "::"], 64, "other machines could read what you send"),
                (["--tls-certificate", file], 64, "both --tls-certificate and --tls-key"),
                (["--address", "0.0.0.0", "--tls-key", file], 64, "both --tls-certificate and --tls-key"),
                (["--tls-certificate", file, "--tls-key", file], 1, "cannot read the certificate"),
            ]
            for (options, code, words) in refusals {
                let ending = try await fixture.start(["serve", "--port", "0"] + options).ending()
                #expect(ending.code == code && ending.error.contains(words), "\(options): \(ending)")
                #expect(!ending.error.contains("Serving") && !ending.error.contains("good once"), "\(ending)")
            }
            // Without the page there is nothing that another machine could press.
            let plain = try fixture.start(["serve", "--port", "0", "--address", "0.0.0.0", "--no-page"])
            #expect(await plain.error.contains("Serving"))
            plain.interrupt()
            #expect(await plain.ending().code == 0)
        }
    }
}
