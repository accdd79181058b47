import Foundation
import Synchronization

/// A real SMTP server on 127.0.0.1 for one test: aiosmtpd, in a process of its own.
///
/// Recipients whose address begins with `nobody` are refused.
public final class SMTPServer: Sendable {
    /// How it speaks.
    public enum Security: String, Sendable {
        /// Without TLS.
        case none
        /// TLS after STARTTLS, and nothing before it.
        case startTLS = "starttls"
        /// TLS from the first byte.
        case implicit
    }

    /// A mail that it took.
    public struct Mail: Decodable, Sendable {
        /// The sender of the envelope.
        public let from: String
        /// The recipients of the envelope.
        public let to: [String]
        /// The mail as it came.
        public let content: String
        /// Whether it came over TLS.
        public let isEncrypted: Bool
        /// Who had given a password.
        public let user: String?

        /// A header's value, unfolded; empty where it is absent.
        public func header(_ name: String) -> String {
            let head = content.components(separatedBy: "\r\n\r\n")[0].replacing("\r\n ", with: " ")
            let line = head.components(separatedBy: "\r\n").first { $0.hasPrefix("\(name): ") } ?? ""
            return String(line.dropFirst(name.count + 2))
        }
    }

    /// It did not come up; what it said.
    public struct Unavailable: Error { let words: String }

    /// Where it listens.
    public let port: Int
    /// The file of its certificate, for `localhost`; empty without TLS.
    public let certificate: String
    private let folder: URL
    private let process: Process
    private let taken: AsyncStream<Mail>

    /// Starts it; `refusals` are the answers to the first mails in place of taking them.
    public init(
        _ security: Security = .none, user: String = "", password: String = "", refusals: [String] = []
    ) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "inflow-smtp-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let key = folder.appending(path: "key.pem").path
        certificate = security == .none ? "" : folder.appending(path: "certificate.pem").path
        if security != .none {
            let maker = Process()
            maker.executableURL = URL(filePath: "/usr/bin/env")
            maker.arguments = [
                "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days",
                "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out",
                certificate,
            ]
            maker.standardError = FileHandle.nullDevice
            try maker.run()
            maker.waitUntilExit()
        }
        let options: [String: Any] = [
            "tls": security.rawValue, "certificate": certificate, "key": key, "user": user, "password": password,
            "refusals": refusals,
        ]
        let json = try JSONSerialization.data(withJSONObject: options)
        process = Process()
        let (output, error) = (Pipe(), Pipe())
        process.executableURL = URL(filePath: "/usr/bin/python3")
        process.arguments = ["-c", SMTPServer.script, String(decoding: json, as: UTF8.self)]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = error
        try process.run()
        let lines = LineReader(output.fileHandleForReading)
        guard let first = lines.next(), let port = Int(first) else {
            let words = String(decoding: error.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            throw Unavailable(words: "Install python3-aiosmtpd. \(words)")
        }
        self.port = port
        let (taken, giver) = AsyncStream.makeStream(of: Mail.self)
        self.taken = taken
        Thread.detachNewThread {
            let lines = lines
            while let line = lines.next() {
                if let mail = try? JSONDecoder().decode(Mail.self, from: Data(line.utf8)) { giver.yield(mail) }
            }
            giver.finish()
        }
        Thread.detachNewThread { while !error.fileHandleForReading.availableData.isEmpty {} }
    }

    /// The mails in the order they are taken; for one reader, who waits for each.
    public var mails: AsyncStream<Mail>.Iterator { taken.makeAsyncIterator() }

    /// Ends it and removes its folder.
    public func stop() {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        try? FileManager.default.removeItem(at: folder)
    }

    private static let script = """
        import asyncio, json, ssl, sys
        from aiosmtpd.smtp import SMTP, AuthResult

        options = json.loads(sys.argv[1])
        implicit = options["tls"] == "implicit"

        class Handler:
            async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
                if address.startswith("nobody"):
                    return "550 5.1.1 No such user"
                envelope.rcpt_tos.append(address)
                return "250 OK"

            async def handle_DATA(self, server, session, envelope):
                if options["refusals"]:
                    return options["refusals"].pop(0)
                secured = implicit or session.ssl is not None
                user = options["user"] if session.authenticated else None
                print(json.dumps({
                    "from": envelope.mail_from, "to": envelope.rcpt_tos, "isEncrypted": secured, "user": user,
                    "content": envelope.content.decode("utf-8", "replace")}), flush=True)
                return "250 OK"

        def authenticate(server, session, envelope, mechanism, data):
            good = data.login == options["user"].encode() and data.password == options["password"].encode()
            return AuthResult(success=good, handled=False)

        async def main():
            context = None
            if options["tls"] != "none":
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain(options["certificate"], options["key"])
            def make():
                return SMTP(
                    Handler(), hostname="localhost", tls_context=None if implicit else context,
                    require_starttls=options["tls"] == "starttls", authenticator=authenticate,
                    auth_required=options["user"] != "", auth_require_tls=options["tls"] == "starttls",
                    loop=asyncio.get_running_loop())
            server = await asyncio.get_running_loop().create_server(
                make, "127.0.0.1", 0, ssl=context if implicit else None)
            print(server.sockets[0].getsockname()[1], flush=True)
            await server.serve_forever()

        asyncio.run(main())
        """
}

/// Lines of a pipe, read as they come.
private final class LineReader: Sendable {
    private let handle: FileHandle
    private let buffer = Mutex(Data())

    init(_ handle: FileHandle) { self.handle = handle }

    /// The next line; `nil` at the end.
    func next() -> String? {
        while true {
            let line = buffer.withLock { buffer -> String? in
                guard let end = buffer.firstIndex(of: 10) else { return nil }
                defer { buffer = Data(buffer[(end + 1)...]) }
                return String(decoding: buffer[..<end], as: UTF8.self)
            }
            if let line { return line }
            let more = handle.availableData
            guard !more.isEmpty else { return nil }
            buffer.withLock { $0.append(more) }
        }
    }
}
