import Foundation
import Postgres
import Testing

@Suite("The private cluster")
struct ClusterTests {
    /// Runs a test with a folder of its own, whose cluster is removed afterwards.
    private func withCluster(
        name: String = "c", purpose: PostgresCluster.Purpose = .tests,
        _ body: (PostgresCluster) async throws -> Void
    ) async throws {
        let parent = "/tmp/inflow-cluster-\(UUID().uuidString)"
        let cluster = PostgresCluster(folder: "\(parent)/\(name)", purpose: purpose)
        defer {
            cluster.destroy()
            try? FileManager.default.removeItem(atPath: parent)
        }
        try await body(cluster)
    }

    private func answers(_ cluster: PostgresCluster) async throws -> Bool {
        let connection = try await PostgresConnection.connect(to: try cluster.url(), applicationName: "tests")
        defer { Task { await connection.close() } }
        return try await connection.query("select 1 as n")[0, "n"].int == 1
    }

    private func processID(_ cluster: PostgresCluster) async throws -> Int32 {
        guard case .running(let processID) = try await cluster.status() else { return 0 }
        return processID
    }

    @Test("A person's stop leaves a mark, which keeps the server down until somebody starts it")
    func stoppedByPerson() async throws {
        try await withCluster { cluster in
            try await cluster.start()
            try await cluster.stop()
            #expect(!cluster.isStoppedByPerson)
            #expect(try await cluster.startUnlessStoppedByPerson())
            try await cluster.stop(byPerson: true)
            #expect(cluster.isStoppedByPerson)
            #expect(try await !cluster.startUnlessStoppedByPerson())
            #expect(try await cluster.status() == .stopped)
            try await cluster.start()
            #expect(!cluster.isStoppedByPerson)
            #expect(try await cluster.startUnlessStoppedByPerson())
            let process = try await processID(cluster)
            try await cluster.restart()
            let after = try await processID(cluster)
            #expect(after > 0 && after != process)
            #expect(!cluster.isUpgraded)
        }
    }

    @Test("A server whose program was replaced on the disk counts as upgraded")
    func upgraded() async throws {
        try await withCluster { cluster in
            let data = "\(cluster.folder)/data"
            try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: true)
            let program = "\(cluster.folder)/server"
            try FileManager.default.copyItem(atPath: "/usr/bin/sleep", toPath: program)
            let server = Process()
            server.executableURL = URL(fileURLWithPath: program)
            server.arguments = ["600"]
            server.currentDirectoryURL = URL(fileURLWithPath: data)
            try server.run()
            defer {
                // A service that another test runs in this process may have made it ignore SIGTERM.
                kill(server.processIdentifier, SIGKILL)
                server.waitUntilExit()
            }
            try "\(server.processIdentifier)\n".write(
                toFile: "\(data)/postmaster.pid", atomically: true, encoding: .utf8)
            #expect(!cluster.isUpgraded)
            // As a package does it: the new file takes the name of the old one.
            try FileManager.default.copyItem(atPath: "/usr/bin/sleep", toPath: program + ".new")
            #expect(rename(program + ".new", program) == 0)
            #expect(cluster.isUpgraded)
        }
    }

    @Test("A lasting cluster starts, keeps its data over a stop, and is safe to start and stop twice")
    func life() async throws {
        try await withCluster(purpose: .lasting) { cluster in
            #expect(try await cluster.status() == .absent)
            #expect(await code { try cluster.url() } == .clusterFailed)
            try await cluster.stop()
            try await cluster.start()
            try await cluster.ensureDatabase("my \"warehouse\"")
            try await cluster.ensureDatabase("my \"warehouse\"")
            let process = try await processID(cluster)
            try await cluster.start()
            #expect(try await processID(cluster) == process)
            try await cluster.stop()
            try await cluster.stop()
            #expect(try await cluster.status() == .stopped)
            try await cluster.start()
            let url = try cluster.url(database: "my \"warehouse\"")
            let connection = try await PostgresConnection.connect(to: url, applicationName: "tests")
            let settings = try await connection.query(
                """
                select current_setting('fsync') as fsync, current_setting('data_checksums') as checksums,
                    current_setting('listen_addresses') as addresses, current_setting('server_encoding') as encoding,
                    current_setting('timezone') as zone
                """)[0]
            #expect((0..<5).map { settings[$0].string } == ["on", "on", "127.0.0.1", "UTF8", "UTC"])
            await connection.close()
        }
    }

    @Test("The lasting cluster lets the owner in without a password and no other role")
    func access() async throws {
        try await withCluster(purpose: .lasting) { cluster in
            try await cluster.start()
            let url = try cluster.url()
            let owner = try await PostgresConnection.connect(to: url, applicationName: "tests")
            try await owner.execute("create role reader login password 'reading'")
            await owner.close()
            let asReader = url.replacing("user=postgres", with: "user=reader")
            #expect(await code { try await connectAndClose(asReader) } == .cannotConnect)
            #expect(await code { try await connectAndClose(asReader + "&password=reading") } == nil)
            let mode = try FileManager.default.attributesOfItem(atPath: cluster.folder)[.posixPermissions] as? Int
            #expect(mode == 0o700)
        }
    }

    @Test("Over TCP a role gets in by its password only, and the owner not at all; the port stays")
    func overTCP() async throws {
        try await withCluster(purpose: .lasting) { cluster in
            try await cluster.start()
            let owner = try await PostgresConnection.connect(to: try cluster.url(), applicationName: "tests")
            try await owner.execute(
                "create role reader login password 'reading'; alter role postgres password 'owning'")
            let port = await owner.serverPort
            await owner.close()
            func login(_ user: String, _ password: String) async -> PostgresError.Code? {
                await code {
                    try await connectAndClose(
                        "host=127.0.0.1 port=\(port) dbname=postgres user=\(user) password=\(password)")
                }
            }
            #expect(await login("reader", "reading") == nil)
            #expect(await login("reader", "reading sslmode=require") == nil)
            #expect(await login("reader", "guessing") == .cannotConnect)
            #expect(await login("postgres", "owning") == .cannotConnect)
            let certificate = "\(cluster.folder)/trusted.crt"
            try FileManager.default.copyItem(atPath: "\(cluster.folder)/server.crt", toPath: certificate)
            try await cluster.stop()
            try await cluster.start()
            #expect(await login("reader", "reading") == nil)
            // The certificate stays the same, for tools that were told to trust it.
            let encrypted = try await PostgresConnection.connect(
                to: "host=127.0.0.1 port=\(port) dbname=postgres user=reader password=reading sslmode=verify-ca "
                    + "sslrootcert=\(certificate)",
                applicationName: "tests")
            let isEncrypted = try await encrypted.query(
                "select ssl from pg_stat_ssl where pid = pg_backend_pid()")[0, 0].bool
            #expect(isEncrypted == true)
            await encrypted.close()
        }
    }

    private func connectAndClose(_ url: String) async throws {
        await (try await PostgresConnection.connect(to: url, applicationName: "tests")).close()
    }

    @Test("Started by many at once, it is made once and runs once")
    func together() async throws {
        try await withCluster { cluster in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 1...4 {
                    group.addTask { try await PostgresCluster(folder: cluster.folder, purpose: .tests).start() }
                }
                try await group.waitForAll()
            }
            #expect(try await answers(cluster))
        }
    }

    @Test("A server that was killed starts again")
    func killed() async throws {
        try await withCluster { cluster in
            try await cluster.start()
            kill(try await processID(cluster), SIGKILL)
            try await cluster.start()
            #expect(try await answers(cluster))
        }
    }

    @Test("A process number left behind that is another program's now does not keep the server from starting")
    func staleProcessID() async throws {
        try await withCluster { cluster in
            try await cluster.start()
            let file = "\(cluster.folder)/data/postmaster.pid"
            let lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").dropFirst()
            try await cluster.stop()
            let stale = (["\(getppid())"] + lines.map(String.init)).joined(separator: "\n") + "\n"
            try stale.write(toFile: file, atomically: false, encoding: .utf8)
            #expect(chmod(file, 0o644) == 0)
            #expect(try await cluster.status() == .stopped)
            try await cluster.start()
            #expect(try await answers(cluster))
        }
    }

    @Test("A path too long for a socket gets one elsewhere, the same at each start")
    func longPath() async throws {
        try await withCluster(name: String(repeating: "long", count: 40)) { cluster in
            try await cluster.start()
            let url = try cluster.url()
            #expect(url.contains("inflow-socket-"))
            #expect(try await answers(cluster))
            try await cluster.stop()
            try await cluster.start()
            #expect(try cluster.url() == url)
            #expect(try await answers(cluster))
            cluster.destroy()
            let host = try #require(url.firstMatch(of: /host=([^&]+)/)?.1.removingPercentEncoding)
            #expect(!FileManager.default.fileExists(atPath: host))
        }
    }

    @Test("A folder with other files is left alone")
    func strangeFolder() async throws {
        try await withCluster { cluster in
            try FileManager.default.createDirectory(atPath: cluster.folder, withIntermediateDirectories: true)
            try "mine".write(toFile: "\(cluster.folder)/letter.txt", atomically: true, encoding: .utf8)
            let error = await failure { try await cluster.start() }
            #expect(error?.code == .clusterFailed && error?.detail?.contains(cluster.folder) == true)
            #expect(FileManager.default.fileExists(atPath: "\(cluster.folder)/letter.txt"))
        }
    }

    @Test("Run by root, a folder the server's user cannot enter is named", .enabled(if: getuid() == 0))
    func unreachable() async throws {
        try await withCluster { cluster in
            let parent = (cluster.folder as NSString).deletingLastPathComponent
            try FileManager.default.createDirectory(
                atPath: parent, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            let error = await failure { try await cluster.start() }
            #expect(error?.code == .clusterFailed && error?.detail?.contains("\"\(parent)\"") == true)
        }
    }

    @Test("The error of a setting that the server does not know carries the server's words")
    func badSetting() async throws {
        try await withCluster { cluster in
            let wrong = PostgresCluster(folder: cluster.folder, purpose: .tests, settings: ["no_such_thing": "1"])
            let error = await failure { try await wrong.start() }
            #expect(error?.code == .clusterFailed && error?.detail?.contains("no_such_thing") == true)
            try await cluster.start()
            #expect(try await answers(cluster))
        }
    }
}
