import Foundation
import TestSupport

/// Debian's `chromedriver`, on a free port, for one browser.
enum DriverProcess {
    /// It did not say on which port it listens.
    struct NotReady: Error, CustomStringConvertible {
        let description: String
    }

    /// Runs `body` while it listens; it and its browser end after.
    static func run<T: Sendable>(_ body: (_ port: Int) async throws -> T) async throws -> T {
        let folder = FileManager.default.temporaryDirectory.path + "/inflow-browser-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/chromedriver")
        process.arguments = ["--port=0"]
        process.environment = ["PATH": "/usr/bin:/bin", "HOME": folder, "TMPDIR": folder, "LANG": "C.UTF-8"]
        let (output, pipe) = (Transcript(), Pipe())
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        output.read(pipe.fileHandleForReading)
        defer {
            process.terminate()
            process.waitUntilExit()
        }
        let words = "started successfully on port "
        _ = await output.contains(words)
        let after = output.soFar.components(separatedBy: words).dropFirst().first ?? ""
        guard let port = Int(after.prefix { $0.isNumber }) else {
            throw NotReady(description: "chromedriver did not start. Install chromium and chromium-driver.")
        }
        return try await body(port)
    }
}
