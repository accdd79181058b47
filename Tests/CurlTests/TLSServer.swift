import Foundation

/// A TLS server with a certificate of its own for `localhost`, answering 200 to everything: OpenSSL's test server.
final class TLSServer {
    let port: UInt16
    /// The file of the certificate, in a folder that goes with `stop`.
    let certificate: String
    private let folder: URL
    private let process: Process

    struct Unavailable: Error {}

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "inflow-tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        certificate = folder.appending(path: "certificate.pem").path
        let key = folder.appending(path: "key.pem").path
        let maker = try TLSServer.run([
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
            "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate,
        ]).process
        maker.waitUntilExit()
        let (process, output) = try TLSServer.run([
            "s_server", "-accept", "127.0.0.1:0", "-cert", certificate, "-key", key, "-www",
        ])
        self.process = process
        var text = ""
        while !text.contains(/ACCEPT .*\n/) {
            let more = output.fileHandleForReading.availableData
            guard !more.isEmpty else { throw Unavailable() }
            text += String(decoding: more, as: UTF8.self)
        }
        guard let match = text.firstMatch(of: /ACCEPT .*:([0-9]+)\n/), let port = UInt16(match.1) else {
            throw Unavailable()
        }
        self.port = port
    }

    /// Ends the server and removes its folder.
    func stop() {
        // A child started from a task's thread inherits its blocked signals: only this one is sure to end it.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        try? FileManager.default.removeItem(at: folder)
    }

    private static func run(_ arguments: [String]) throws -> (process: Process, output: Foundation.Pipe) {
        let process = Process()
        let output = Foundation.Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        return (process, output)
    }
}
