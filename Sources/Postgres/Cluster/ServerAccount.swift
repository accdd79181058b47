import Foundation

/// The Unix account the private server runs as: our own, or for root `postgres`, since a server refuses to be root.
struct ServerAccount: Sendable, Equatable {
    let userID: uid_t
    let groupID: gid_t
    let name: String

    /// The account for a cluster in a folder: the owner of what is there already, else the account for a new one.
    ///
    /// For root, a new one belongs to the owner of the folder that it will lie in, and to `postgres` where that is root's.
    static func forCluster(in folder: String) throws(PostgresError) -> ServerAccount {
        let own = geteuid()
        var status = stat()
        let owner = stat(folder, &status) == 0 ? status.st_uid : nil
        guard own == 0 else {
            if let owner, owner != own {
                throw PostgresError(
                    .clusterFailed, detail: "The folder \"\(folder)\" belongs to another user.",
                    hint: "Run Inflow as the user it was set up with, or choose another folder.")
            }
            return try account(getpwuid(own), "user number \(own)")
        }
        if let owner = owner ?? FolderOwner.ofNearest(folder), owner != 0 {
            return try account(getpwuid(owner), "user number \(owner)")
        }
        return try account(getpwnam("postgres"), "user \"postgres\"")
    }

    private static func account(
        _ entry: UnsafeMutablePointer<passwd>?, _ wanted: String
    ) throws(PostgresError) -> ServerAccount {
        guard let entry else {
            throw PostgresError(
                .clusterFailed, detail: "The machine has no \(wanted), whom the server must run as.",
                hint:
                    "The package postgresql makes \"postgres\"; a container's user needs a line in /etc/passwd."
            )
        }
        return ServerAccount(
            userID: entry.pointee.pw_uid, groupID: entry.pointee.pw_gid, name: String(cString: entry.pointee.pw_name))
    }

    /// Whether programs must be run as another account than this process has.
    private var isOther: Bool { geteuid() != userID }

    func run(_ path: String, _ arguments: [String]) throws(PostgresError) -> Program.Outcome {
        guard isOther else { return try Program.run(path, arguments) }
        if let runuser = Program.find("runuser") {
            return try Program.run(runuser, ["-u", name, "--", path] + arguments)
        }
        guard let setpriv = Program.find("setpriv") else {
            throw PostgresError(
                .clusterFailed, detail: "Neither runuser nor setpriv was found to run the server as \"\(name)\".",
                hint: "Install the package util-linux.")
        }
        let identity = ["--reuid=\(userID)", "--regid=\(groupID)", "--init-groups", "--"]
        return try Program.run(setpriv, identity + [path] + arguments)
    }

    /// Gives a file or folder to this account, with a mode.
    func own(_ path: String, mode: mode_t) throws(PostgresError) {
        guard !isOther || lchown(path, userID, groupID) == 0, chmod(path, mode) == 0 else {
            throw PostgresError(
                .clusterFailed, detail: "\"\(path)\" cannot be given to \"\(name)\": \(systemMessage()).")
        }
    }

    /// Throws, naming the folder in the way, if this account cannot get to a path.
    func checkReach(_ path: String) throws(PostgresError) {
        guard userID != 0 else { return }
        var folder = ""
        for part in path.split(separator: "/").dropLast() {
            folder += "/\(part)"
            var status = stat()
            guard stat(folder, &status) == 0 else { return }
            let needed: mode_t =
                status.st_uid == userID ? S_IXUSR : status.st_gid == groupID ? S_IXGRP | S_IXOTH : S_IXOTH
            guard status.st_mode & needed == 0 else { continue }
            throw PostgresError(
                .clusterFailed,
                detail: "The user \"\(name)\" cannot enter \"\(folder)\", so its server cannot use \"\(path)\".",
                hint: "Choose a folder such as /var/lib/inflow (INFLOW_HOME), or run Inflow as another user than root.")
        }
    }
}
