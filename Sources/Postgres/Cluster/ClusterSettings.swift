import Foundation

/// The configuration files of a private cluster, written anew at each start.
struct ClusterSettings {
    let purpose: PostgresCluster.Purpose
    let socketFolder: String
    /// The TCP port of a lasting cluster; of any, the number in the socket's name.
    let port: Int
    let own: [String: String]
    let account: ServerAccount
    /// What the server encrypts connections over TCP with; `nil` where it has none.
    let certificate: ClusterCertificate?

    /// The role that owns the cluster.
    static let role = "postgres"

    /// What `inflow.conf` says; it is included last, so it overrides `postgresql.conf`.
    var configuration: String {
        let all = common.merging(forPurpose) { $1 }.merging(encryption) { $1 }.merging(own) { $1 }
        let lines = all.sorted { $0.key < $1.key }.map { name, value in
            "\(name) = '\(value.replacing("\\", with: "\\\\").replacing("'", with: "''"))'\n"
        }
        return "# Written by Inflow at each start of the server; changes here are lost.\n" + lines.joined()
    }

    private var common: [String: String] {
        [
            "listen_addresses": purpose == .lasting ? "127.0.0.1" : "", "port": "\(port)",
            "unix_socket_permissions": "0700",
            "unix_socket_directories": "\"\(socketFolder.replacing("\"", with: "\"\""))\"",
            "timezone": "UTC", "log_timezone": "UTC", "lc_messages": "C", "log_line_prefix": "%m [%p] %a ",
            "client_connection_check_interval": "10s", "password_encryption": "scram-sha-256",
        ]
    }

    private var encryption: [String: String] {
        guard let certificate else { return [:] }
        return ["ssl": "on", "ssl_cert_file": certificate.file, "ssl_key_file": certificate.key]
    }

    private var forPurpose: [String: String] {
        switch purpose {
        case .lasting:
            [
                "shared_buffers": "256MB", "max_wal_size": "2GB", "max_connections": "100", "work_mem": "16MB",
                "maintenance_work_mem": "128MB", "random_page_cost": "1.1", "fsync": "on",
                // Code made at run time is refused where systemd keeps the server (MemoryDenyWriteExecute).
                "jit": "off",
            ]
        case .tests:
            [
                "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "200",
                "shared_buffers": "64MB", "wal_level": "minimal", "max_wal_senders": "0", "max_wal_size": "2GB",
            ]
        }
    }

    /// Who may connect as whom.
    ///
    /// Only the server's account and root get to the socket at all. For a lasting cluster they are let in as the owning
    /// role because the kernel says who they are (`peer`); any other role needs its password. By TCP a lasting cluster
    /// is reached from this machine only, by password, and never as the owning role. In a test cluster they may be any
    /// role.
    var access: String {
        switch purpose {
        case .lasting:
            """
            # Written by Inflow at each start of the server; changes here are lost.
            local all \(Self.role) peer map=inflow
            local all all scram-sha-256
            host all \(Self.role) all reject
            host all all 127.0.0.1/32 scram-sha-256

            """
        case .tests: "local all all trust\n"
        }
    }

    /// Which Unix users are the owning role.
    var identities: String {
        let lines = Set([account.name, "root"]).sorted().map { "inflow \"\($0)\" \(Self.role)\n" }
        return "# Written by Inflow at each start of the server; changes here are lost.\n" + lines.joined()
    }
}
