import Foundation
import Inflow
import TestSupport
import Testing
import Warehouse

@Suite("One mail server for all connections", .database(.warehouse), .timeLimit(.minutes(5)))
struct SharedMailCommandTests {
    private func set(_ fixture: InflowFixture, _ arguments: [String]) async throws {
        let ending = try await fixture.start(["alert", "set"] + arguments).ending()
        #expect(ending.code == 0, "\(ending)")
    }

    /// Sets the server of all connections with a password typed into standard input.
    private func setAll(_ fixture: InflowFixture, _ server: SMTPServer) async throws {
        let process = try fixture.start(
            [
                "alert", "set", "--all", "--smtp-url", "smtp://localhost:\(server.port)", "--smtp-user", "inflow",
                "--smtp-password-file", "-", "--from", "inflow@example.com", "--email", "ann@example.org",
            ], isTyped: true)
        try process.type("mail-s3cret")
        let ending = await process.ending()
        #expect(ending.code == 0 && ending.output.contains("also one that you add later"), "\(ending)")
    }

    @Test("It is set once, tests itself, serves each connection, and a connection only adds recipients")
    func setOnce() async throws {
        let server = try SMTPServer(.startTLS, user: "inflow", password: "mail-s3cret")
        defer { server.stop() }
        try await InflowFixture.run { fixture in
            let trust = ["SSL_CERT_FILE": server.certificate]
            try await setAll(fixture, server)
            var mails = server.mails
            let test = try await fixture.inflow("alert", "test", "--all", environment: trust)
            #expect(test.code == 0 && test.output.contains("email to ann@example.org: sent."), "\(test)")
            let first = try #require(await mails.next())
            #expect(first.header("Subject") == "Inflow: a test message" && first.isEncrypted && first.user == "inflow")
            #expect(first.content.contains("for all connections") && first.content.contains("inflow alert set --all"))

            try await set(fixture, ["acme", "--also", "bob@example.org"])
            let both = try await fixture.inflow("alert", "test", "acme", environment: trust)
            #expect(both.code == 0, "\(both)")
            #expect(await mails.next()?.to == ["ann@example.org", "bob@example.org"])
            let list = try await fixture.inflow("alert", "list", "acme")
            #expect(list.output.contains("the server of all connections"), "\(list)")
            let doctor = try await fixture.inflow("doctor")
            #expect(doctor.output.contains("the mail server of all connections is smtp://localhost"), "\(doctor)")
            #expect(!doctor.output.contains("nobody gets alerts"), "\(doctor)")
            let show = try await fixture.inflow("alert", "show", "--all")
            for ending in [test, both, list, doctor, show, try await fixture.inflow("alert", "show", "acme")] {
                #expect(!ending.output.contains("s3cret") && !ending.error.contains("s3cret"))
            }
            let rotated = try await fixture.inflow("secrets", "rotate")
            #expect(rotated.code == 0, "\(rotated)")
            #expect(try await fixture.inflow("alert", "test", "acme", environment: trust).code == 0)
            #expect(await mails.next()?.user == "inflow")
        }
    }

    @Test("Each refusal says what lacks, and changes nothing")
    func refusals() async throws {
        try await InflowFixture.run { fixture in
            for (arguments, words) in [
                (["--email", "a@b"], "Give either a connection's name or --all"),
                (["--all", "acme", "--email", "a@b"], "Give either a connection's name or --all"),
                (["--all"], "You gave no setting"),
                (["--all", "--email", "a@b"], "Mail also needs --smtp-url and --from. Nothing was changed."),
                (["--all", "--also", "a@b"], "The rest is set for each connection"),
                (["--all", "--digest", "off"], "The rest is set for each connection"),
                (["acme", "--also", "a@b"], "\"inflow alert set --all\" sets server and sender once"),
                (["acme", "--digest", "someday 08:00"], "is not a day of the week"),
                (["acme", "--success-mail", "perhaps"], "is none of off, always, only-when-changed"),
            ] {
                let ending = try await fixture.start(["alert", "set"] + arguments).ending()
                #expect(ending.code == 64 && ending.error.contains(words), "\(arguments): \(ending)")
            }
            #expect(try await fixture.count("inflow.alert_channel") == 0)
            #expect(try await fixture.count("inflow.mail_server") == 0)
            #expect(try await fixture.inflow("alert", "test", "--all").code == 64)
            let digest = try await fixture.inflow("alert", "set", "acme", "--digest", "monday 08:00")
            #expect(digest.code == 0 && digest.error.contains("No mail leaves for \"acme\" yet"), "\(digest)")
            let doctor = try await fixture.inflow("doctor")
            #expect(doctor.code == 1 && doctor.output.contains("nobody gets alerts of \"acme\""), "\(doctor)")
            #expect(doctor.output.contains("fault  \"acme\" is set to send a digest"), "\(doctor)")
            try await set(fixture, ["--all", "--smtp-url", "smtp://localhost", "--from", "a@b", "--email", "c@d"])
            let user = try await fixture.start(["alert", "set", "acme", "--smtp-user", "x"]).ending()
            #expect(user.code == 64 && user.error.contains("go with --smtp-url"), "\(user)")
            try await set(fixture, ["--all", "--off"])
            #expect(try await fixture.inflow("alert", "test", "acme").code == 64)
            try await set(fixture, ["--all", "--on"])
            #expect(try await fixture.inflow("alert", "show", "acme").output.contains("(all connections)"))
        }
    }
}
