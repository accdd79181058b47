import Foundation
import Postgres
import Testing

@Suite("What root does in a folder of the service's account", .enabled(if: getuid() == 0), .timeLimit(.minutes(5)))
struct FolderOwnerTests {
    @Test("Root's files belong to the owner of the folder, doctor names the ones that do not, and the owner can go on")
    func owners() async throws {
        let nobody = try #require(getpwnam("nobody"))
        let (user, group) = (nobody.pointee.pw_uid, nobody.pointee.pw_gid)
        let home = "/tmp/inflow-e2e-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(
            atPath: home, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(atPath: home) }
        #expect(chown(home, user, group) == 0)
        let environment = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "INFLOW_HOME": home]
        let cluster = PostgresCluster(folder: "\(home)/postgres")
        defer { cluster.destroy() }
        try "secret\n".write(toFile: "\(home)/secret.txt", atomically: true, encoding: .utf8)
        #expect(chown("\(home)/secret.txt", user, group) == 0)

        let added = try await InflowProcess(
            [
                "connection", "add", "acme", "--client-id", "id", "--client-secret-file", "\(home)/secret.txt",
                "--time-zone", "Pacific/Auckland",
            ], environment: environment
        ).ending()
        #expect(added.code == 0, "\(added)")
        let backup = try await InflowProcess(["backup", "\(home)/copy"], environment: environment).ending()
        #expect(backup.code == 0, "\(backup)")
        #expect(FileManager.default.fileExists(atPath: "\(home)/secret.key"))
        #expect(try strangers(in: home, owner: user).isEmpty)

        let well = try await InflowProcess(["doctor"], environment: environment).ending()
        #expect(well.output.contains("ok     the files in Inflow's folder belong to its owner, \"nobody\""), "\(well)")
        #expect(chown("\(home)/secret.key", 0, 0) == 0)
        let ill = try await InflowProcess(["doctor"], environment: environment).ending()
        #expect(ill.code == 1, "\(ill)")
        #expect(
            ill.output.contains(
                "fault  \"\(home)/secret.key\" belongs to \"root\", and Inflow's folder to \"nobody\"; as root, run "
                    + "'chown nobody: \"\(home)/secret.key\"'"), "\(ill)")
        #expect(chown("\(home)/secret.key", user, group) == 0)

        // An account that may not look into the folder cannot say that all is well there.
        let stranger = try await InflowProcess(
            ["doctor"], environment: environment,
            shell: "exec setpriv --reuid=daemon --regid=daemon --clear-groups \"$@\""
        ).ending()
        #expect(stranger.code == 1 && !stranger.output.contains("belong to its owner"), "\(stranger)")

        // The owner itself stops and starts what root made.
        for arguments in [["database", "stop"], ["connection", "list"], ["database", "stop"]] {
            let own = try await InflowProcess(
                arguments, environment: environment,
                shell: "exec setpriv --reuid=nobody --regid=nogroup --clear-groups \"$@\""
            ).ending()
            #expect(own.code == 0, "\(own)")
        }
    }

    /// What lies in the folder and belongs to another account.
    private func strangers(in folder: String, owner: uid_t) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: folder).filter { name in
            let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)")
            return attributes[.ownerAccountID] as? UInt != UInt(owner)
        }
    }
}
