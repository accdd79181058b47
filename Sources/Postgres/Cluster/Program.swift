import CLibPQ
import Foundation

/// Runs a program of the machine to its end, without a shell; blocks its thread.
enum Program {
    struct Outcome {
        let status: Int32
        /// Standard output and error, as they came.
        let output: String
        var succeeded: Bool { status == 0 }
    }

    /// Looks a program up in the search path and where administrators' programs are.
    static func find(_ name: String) -> String? {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        return (path.split(separator: ":").map(String.init) + ["/usr/sbin", "/usr/bin", "/sbin", "/bin"])
            .map { "\($0)/\(name)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// `more` are variables of the environment beside ours.
    static func run(
        _ path: String, _ arguments: [String], _ more: [String: String] = [:]
    ) throws(PostgresError) -> Outcome {
        // A nameless file and not a pipe: a server left behind may keep the other end of a pipe open.
        guard let file = tmpfile() else {
            throw PostgresError(.clusterFailed, detail: "No temporary file can be made: \(systemMessage()).")
        }
        defer { fclose(file) }
        let process = try spawn(path, arguments, more, output: fileno(file))
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 {
            guard errno == EINTR else {
                throw PostgresError(.clusterFailed, detail: "The end of \"\(path)\" was not seen: \(systemMessage()).")
            }
        }
        let exit = status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
        return Outcome(status: exit, output: contents(of: file))
    }

    private static func contents(of file: UnsafeMutablePointer<FILE>) -> String {
        var bytes = [UInt8](repeating: 0, count: 16_000)
        let count = pread(fileno(file), &bytes, bytes.count, 0)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }

    /// Starts a program with nothing of ours but its output: no descriptors, signals, directory or environment.
    ///
    /// Foundation's `Process` is of no use here: it takes a program for ended when a descriptor it has handed down is
    /// closed, and `pg_ctl` leaves that descriptor to the server it starts.
    private static func spawn(
        _ path: String, _ arguments: [String], _ more: [String: String], output: Int32
    ) throws(PostgresError) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_adddup2(&actions, output, 2)
        posix_spawn_file_actions_addclosefrom_np(&actions, 3)
        posix_spawn_file_actions_addchdir_np(&actions, "/")
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        let flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP
        posix_spawnattr_setflags(&attributes, Int16(flags))
        var process: pid_t = 0
        let failure = withMutableCStrings([path] + arguments) { arguments in
            withMutableCStrings(environment + more.map { "\($0)=\($1)" }) { environment in
                posix_spawn(&process, path, &actions, &attributes, arguments, environment)
            }
        }
        guard failure == 0 else {
            let words = String(cString: strerror(failure))
            throw PostgresError(.clusterFailed, detail: "\"\(path)\" cannot be started: \(words).")
        }
        return process
    }

    /// Nothing of ours that PostgreSQL would listen to (`PGDATA`, `PGPORT`, `PGOPTIONS`), and messages in English.
    private static let environment = ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C", "TZ=UTC", "HOME=/"]
}

extension Program {
    /// Becomes a program, which keeps the terminal, the folder and the environment of this process, and gets `more`
    /// variables; returns only where that fails.
    static func become(_ path: String, _ arguments: [String], _ more: [String: String]) throws(PostgresError) -> Never {
        for (name, value) in more { setenv(name, value, 1) }
        signal(SIGPIPE, SIG_DFL)
        _ = withMutableCStrings([path] + arguments) { execv(path, $0) }
        throw PostgresError(.clusterFailed, detail: "\"\(path)\" cannot be started: \(systemMessage()).")
    }
}

/// Lends an array of C strings that ends with a null pointer.
private func withMutableCStrings<T>(
    _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> T
) -> T {
    let copies = strings.map { strdup($0) } + [nil]
    defer { copies.forEach { free($0) } }
    return copies.withUnsafeBufferPointer { buffer in
        var empty: UnsafeMutablePointer<CChar>?
        return buffer.baseAddress.map(body) ?? body(&empty)
    }
}

/// The C library's words for the last failed call.
func systemMessage() -> String { String(cString: strerror(errno)) }
