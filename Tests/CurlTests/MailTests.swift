import Foundation
import TestSupport
import Testing

@testable import Curl

@Suite("Mail", .timeLimit(.minutes(5)))
struct MailTests {
    private static let date = Date(timeIntervalSince1970: 1_795_233_600)

    private func mail(
        to recipients: [String] = ["ann@example.org"], subject: String = "Hello", text: String = "One.\n.\nTwo.\n"
    ) -> CurlMail {
        CurlMail(
            sender: "inflow@example.com", recipients: recipients, subject: subject, text: text, date: Self.date,
            messageID: "<1@example.com>")
    }

    private func words(_ mail: CurlMail) throws -> String { String(decoding: try mail.message(), as: UTF8.self) }

    // MARK: the message

    @Test("A mail is written with its headers, lines ended by CR LF")
    func message() throws {
        #expect(
            try words(mail(to: ["ann@example.org", "bob@example.org"]))
                == """
                Date: Sat, 21 Nov 2026 04:00:00 +0000
                From: Inflow <inflow@example.com>
                To: ann@example.org,
                 bob@example.org
                Subject: Hello
                Message-ID: <1@example.com>
                Auto-Submitted: auto-generated
                MIME-Version: 1.0
                Content-Type: text/plain; charset=utf-8
                Content-Transfer-Encoding: 7bit

                One.
                .
                Two.


                """.replacing("\n", with: "\r\n"))
    }

    @Test("A file is a part of its own, and its name cannot end the header")
    func attachment() throws {
        var mail = mail(to: ["ann@example.org"])
        mail.attachment = CurlMail.Attachment(
            name: "a\"\r\nX: y.csv", mediaType: "text/csv", bytes: Array(repeating: 255, count: 60))
        let words = try words(mail)
        let boundary = try #require(words.firstMatch(of: /boundary="([^"]+)"/)).1
        let parts = words.components(separatedBy: "--\(boundary)")
        #expect(parts.count == 4 && parts[3] == "--\r\n")
        #expect(
            parts[1]
                == "\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 7bit\r\n\r\nOne.\r\n.\r\nTwo.\r\n\r\n"
        )
        #expect(
            parts[2]
                == """

                Content-Type: text/csv
                Content-Disposition: attachment; filename="a__X__y.csv"
                Content-Transfer-Encoding: base64

                \(String(repeating: "/", count: 76))
                ////

                """.replacing("\n", with: "\r\n"))
    }

    @Test("What is not ASCII is encoded: the subject in words of 75 characters at most, the text in base64")
    func encoded() throws {
        let subject = String(repeating: "Grüße – ", count: 20)
        let text = try words(mail(subject: subject, text: "Größe\n" + String(repeating: "ß", count: 500)))
        let lines = text.components(separatedBy: "\r\n")
        let start = try #require(lines.firstIndex { $0.hasPrefix("Subject: ") })
        let folded =
            [String(lines[start].dropFirst(9))]
            + lines[(start + 1)...].prefix { $0.hasPrefix(" ") }.map { String($0.dropFirst()) }
        #expect(folded.count > 3 && folded.allSatisfy { $0.utf8.count <= 75 })
        let decoded = folded.map { word in
            Data(base64Encoded: String(word.dropFirst(10).dropLast(2))).map { String(decoding: $0, as: UTF8.self) }
                ?? "?"
        }
        #expect(decoded.joined() == subject)
        #expect(text.contains("Content-Transfer-Encoding: base64"))
        let body = try #require(text.components(separatedBy: "\r\n\r\n").last)
        #expect(body.components(separatedBy: "\r\n").allSatisfy { $0.utf8.count <= 76 })
        let data = try #require(Data(base64Encoded: body.replacing("\r\n", with: "")))
        #expect(String(decoding: data, as: UTF8.self).hasPrefix("Größe\r\nßß"))
    }

    @Test("No text can end its header: a subject loses its line breaks, an address with one is refused")
    func injection() throws {
        #expect(try words(mail(subject: "a\r\nBcc: x@example.org")).contains("Subject: a  Bcc: x@example.org\r\n"))
        for address in ["a@b\r\nBcc: c@d", "a b@c", "a@b>", "<a@b", "a", "@", "a@b@c", "ä@b", "a@b,c@d", ""] {
            #expect(throws: CurlMailError.self, "\(address)") { try mail(to: [address]).message() }
        }
        var odd = mail()
        odd.messageID = "<1@a>\r\nBcc: b@c"
        #expect(throws: CurlMailError.self) { try odd.message() }
        odd = mail()
        odd.sender = "x"
        #expect(throws: CurlMailError.self) { try odd.message() }
    }

    // MARK: handing it over

    private func failure(_ body: () async throws -> [String]) async -> CurlMailError? {
        await thrownError(by: body)
    }

    @Test("A server on this machine is spoken to without TLS; lines of one full stop come through")
    func plain() async throws {
        let server = try SMTPServer()
        defer { server.stop() }
        let refusals = try await MailTransfer(configuration: CurlConfiguration()).send(
            mail(), over: MailServer(url: "smtp://127.0.0.1:\(server.port)"))
        #expect(refusals.isEmpty)
        var mails = server.mails
        let taken = try #require(await mails.next())
        #expect(taken.from == "inflow@example.com" && taken.to == ["ann@example.org"] && !taken.isEncrypted)
        #expect(taken.header("Message-ID") == "<1@example.com>")
        #expect(taken.content.contains("One.\r\n.\r\nTwo.\r\n"))
    }

    @Test(
        "A password goes over TLS only, to a trusted server, after STARTTLS or from the first byte",
        arguments: [
            SMTPServer.Security.startTLS, .implicit,
        ])
    func secure(security: SMTPServer.Security) async throws {
        let server = try SMTPServer(security, user: "ann", password: "s3cret")
        defer { server.stop() }
        let scheme = security == .implicit ? "smtps" : "smtp"
        let place = MailServer(url: "\(scheme)://localhost:\(server.port)", user: "ann", password: "s3cret")
        let trusting = MailTransfer(configuration: CurlConfiguration(certificateFile: server.certificate))

        let untrusted = await failure {
            try await MailTransfer(configuration: CurlConfiguration()).send(mail(), over: place)
        }
        #expect(untrusted?.code == .tls && untrusted?.isFinal == false, "\(String(describing: untrusted))")
        var wrong = place
        wrong.password = "other"
        let refused = await failure { try await trusting.send(mail(), over: wrong) }
        #expect(refused?.code == .refused && refused?.reply == 535 && refused?.isFinal == true)
        #expect(refused?.description.contains("other") == false)

        _ = try await trusting.send(mail(subject: "The one"), over: place)
        var mails = server.mails
        let taken = try #require(await mails.next())
        #expect(taken.isEncrypted && taken.user == "ann" && taken.header("Subject") == "The one")
    }

    @Test("A server that offers no TLS is given no password")
    func noTLS() async throws {
        let server = try SMTPServer()
        defer { server.stop() }
        let error = await failure {
            try await MailTransfer(configuration: CurlConfiguration()).send(
                mail(), over: MailServer(url: "smtp://127.0.0.1:\(server.port)", user: "ann", password: "x"))
        }
        #expect(error?.code == .tls, "\(String(describing: error))")
    }

    @Test(
        "A refusal for now may be tried again, one for good may not; refused recipients do not keep the others from it")
    func refusals() async throws {
        let server = try SMTPServer(refusals: ["451 4.3.0 Later", "554 5.7.1 Never"])
        defer { server.stop() }
        let transfer = MailTransfer(configuration: CurlConfiguration())
        let place = MailServer(url: "smtp://127.0.0.1:\(server.port)")
        let later = await failure { try await transfer.send(mail(), over: place) }
        #expect(later?.reply == 451 && later?.isFinal == false && later?.detail == "451 4.3.0 Later")
        let never = await failure { try await transfer.send(mail(), over: place) }
        #expect(never?.reply == 554 && never?.isFinal == true)
        let nobody = await failure { try await transfer.send(mail(to: ["nobody@example.org"]), over: place) }
        #expect(nobody?.reply == 550 && nobody?.isFinal == true)
        let some = try await transfer.send(mail(to: ["nobody@example.org", "bob@example.org"]), over: place)
        #expect(some == ["550 5.1.1 No such user"])
        var mails = server.mails
        #expect(await mails.next()?.to == ["bob@example.org"])
    }

    @Test("A server that does not answer is given up when the task is cancelled")
    func cancelled() async throws {
        let connected = Signal()
        let server = try RawServer { connection in
            connected.fire()
            connection.waitForClose()
        }
        defer { server.stop() }
        let port = server.port
        let task = Task {
            await failure {
                try await MailTransfer(configuration: CurlConfiguration()).send(
                    mail(), over: MailServer(url: "smtp://127.0.0.1:\(port)"))
            }
        }
        await connected.wait()
        task.cancel()
        #expect(await task.value?.code == .cancelled)
    }

    @Test("Where no server listens there is no connection")
    func nobody() async throws {
        let server = try RawServer { _ in }
        let port = server.port
        server.stop()
        let error = await failure {
            try await MailTransfer(configuration: CurlConfiguration()).send(
                mail(), over: MailServer(url: "smtp://127.0.0.1:\(port)"), seconds: 5)
        }
        #expect(error != nil && error?.isFinal == false)
    }

    @Test(
        "Only this machine, asked without a user, is spoken to without TLS; odd addresses are refused",
        arguments: [
            ("smtp://localhost", nil, false), ("smtp://127.0.0.1:25", nil, false), ("smtp://localhost", "ann", true),
            ("smtp://mail.example.com:587", nil, true), ("smtps://localhost", nil, true),
        ] as [(String, String?, Bool)])
    func needsTLS(url: String, user: String?, needed: Bool) throws {
        #expect(try MailServer(url: url, user: user).needsTLS() == needed)
        for odd in ["https://mail.example.com", "mail.example.com", "", "smtp://ann:x@mail.example.com"] {
            #expect(throws: CurlMailError.self, "\(odd)") { try MailServer(url: odd).check() }
        }
    }
}
