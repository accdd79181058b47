import Foundation
import TestSupport

/// The built command, running.
final class InflowProcess: Sendable {
    /// How it ended and what it wrote.
    struct Ending: Sendable, CustomStringConvertible {
        /// The exit code, or the signal's number.
        let code: Int32
        /// Whether a signal ended it.
        let wasKilled: Bool
        let output: String
        let error: String

        var description: String {
            "\(wasKilled ? "signal" : "exit code") \(code)\nstdout: \(output)\nstderr: \(error)"
        }
    }

    let output = Transcript()
    let error = Transcript()
    private let process = Process()
    private let ends: AsyncStream<Void>
    private let input: Pipe?
    /// What ends a line of its output: a terminal sends the cursor back too.
    let newline: String

    /// Starts it with nothing in its environment but this; its input is empty unless it is typed.
    ///
    /// On a terminal everything it writes is output. `shell` is what a shell makes of it: in it, "$@" is the command.
    init(
        _ arguments: [String], environment: [String: String], isTyped: Bool = false, onTerminal: Bool = false,
        shell: String? = nil
    ) throws {
        let binary = try InflowProcess.binary()
        let line = ([binary.path] + arguments).map { "'\($0)'" }.joined(separator: " ")
        if let shell {
            process.executableURL = URL(fileURLWithPath: "/bin/bash")
            process.arguments = ["-c", shell, "bash", binary.path] + arguments
        } else {
            process.executableURL = onTerminal ? URL(fileURLWithPath: "/usr/bin/script") : binary
            process.arguments = onTerminal ? ["-qec", line, "/dev/null"] : arguments
        }
        newline = onTerminal ? "\r\n" : "\n"
        process.environment = environment
        input = isTyped ? Pipe() : nil
        if let input { process.standardInput = input } else { process.standardInput = FileHandle.nullDevice }
        let (output, error) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = error
        let (ends, end) = AsyncStream.makeStream(of: Void.self)
        self.ends = ends
        process.terminationHandler = { process in
            // Foundation calls this before it has noted that the process is over: to ask for its code now would trap.
            process.waitUntilExit()
            end.finish()
        }
        try process.run()
        self.output.read(output.fileHandleForReading)
        self.error.read(error.fileHandleForReading)
    }

    /// Its number among the processes of the machine.
    var identifier: Int32 { process.processIdentifier }

    /// Waits for its end.
    func ending() async -> Ending {
        for await _ in ends {}
        if process.isRunning {
            // The test was given up: to ask a running process for its code would end all tests.
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
        return Ending(
            code: process.terminationStatus, wasKilled: process.terminationReason == .uncaughtSignal,
            output: await output.whole(), error: await error.whole())
    }

    /// Its arguments, as every user of the machine can see them while it runs.
    ///
    /// Empty if it has ended.
    func visibleArguments() async throws -> String {
        var bytes = Data()
        // Empty for the moment in which the kernel sets the new process up.
        try await eventually("the arguments of a process") {
            bytes = FileManager.default.contents(atPath: "/proc/\(process.processIdentifier)/cmdline") ?? Data()
            return !bytes.isEmpty || !process.isRunning
        }
        return String(decoding: bytes.map { $0 == 0 ? 32 : $0 }, as: UTF8.self)
    }

    /// Types a line.
    func type(_ line: String) throws {
        try input?.fileHandleForWriting.write(contentsOf: Data((line + "\n").utf8))
    }

    /// Waits until a failpoint has stopped it (`NAME:stop`).
    func stopping() async throws {
        try await eventually("a process to stop itself") {
            let state = FileManager.default.contents(atPath: "/proc/\(process.processIdentifier)/stat")
            return String(decoding: state ?? Data(), as: UTF8.self).contains(") T ")
        }
    }

    /// Lets it go on after it was stopped.
    func goOn() { kill(process.processIdentifier, SIGCONT) }

    /// Sends it what Ctrl-C sends.
    func interrupt() { process.interrupt() }

    /// The command that `INFLOW_BINARY` names, or the one built beside the tests.
    private static func binary() throws -> URL {
        let named = ProcessInfo.processInfo.environment["INFLOW_BINARY"].map { URL(fileURLWithPath: $0) }
        let folders = [
            URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent(), Bundle.main.bundleURL,
            Bundle.main.bundleURL.deletingLastPathComponent(),
        ]
        let candidates = [named].compactMap(\.self) + folders.map { $0.appendingPathComponent("inflow") }
        guard let found = candidates.first(where: { FileManager.default.isExecutableFile(atPath: $0.path) }) else {
            throw MissingBinary(looked: candidates.map(\.path))
        }
        return found
    }

    /// The command was not built.
    private struct MissingBinary: Error, CustomStringConvertible {
        let looked: [String]
        var description: String {
            "There is no built inflow at \(looked.joined(separator: ", ")). Build it, or name it by INFLOW_BINARY."
        }
    }
}

extension InflowFixture {
    /// Starts the command on this fixture's warehouse and folder.
    func start(
        _ arguments: [String], _ environment: [String: String] = [:], isTyped: Bool = false, onTerminal: Bool = false,
        shell: String? = nil
    ) throws -> InflowProcess {
        let own = [
            "PATH": "/usr/bin:/bin", "HOME": folder, "LANG": "C.UTF-8", "INFLOW_HOME": folder,
            "INFLOW_SECRET_KEY_FILE": keyFile, "INFLOW_DATABASE_URL": url,
        ]
        return try InflowProcess(
            arguments, environment: own.merging(environment) { $1 }, isTyped: isTyped, onTerminal: onTerminal,
            shell: shell)
    }

    /// Runs the command to its end.
    func inflow(
        _ arguments: String..., environment: [String: String] = [:]
    ) async throws -> InflowProcess.Ending {
        try await start(arguments, environment).ending()
    }

    /// Writes a file into the fixture's folder and returns its path.
    func file(_ name: String, _ text: String) throws -> String {
        let path = "\(folder)/\(name)"
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        return path
    }
}

extension InflowProcess.Ending {
    /// Standard output as the one JSON document it must be.
    func json<T: Decodable>(_ type: T.Type) throws -> T {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(type, from: Data(output.utf8))
    }

    /// The lines of standard error.
    var errorLines: [String] { error.split(separator: "\n").map(String.init) }
}
