import Foundation

/// The certificate of a lasting cluster, made by itself, so that tools that insist on an encrypted connection
/// (`sslmode=require`) can have one.
///
/// It proves nothing about who the server is; the server is reached from this machine only.
struct ClusterCertificate {
    /// Days for which it is good; nobody has to renew it while the machine lives.
    private static let days = 7_300

    let clusterFolder: String
    let account: ServerAccount

    var file: String { "\(clusterFolder)/server.crt" }
    var key: String { "\(clusterFolder)/server.key" }

    /// Makes certificate and key unless both are there.
    ///
    /// - Returns: false where the machine has no `openssl`, or it could not make them: the server then goes without.
    func make() throws(PostgresError) -> Bool {
        if access(file, F_OK) == 0, access(key, F_OK) == 0 { return true }
        guard let openssl = Program.find("openssl") else { return false }
        let (newFile, newKey) = ("\(file).new", "\(key).new")
        let outcome = try account.run(
            openssl,
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
                "\(Self.days)", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                "-keyout", newKey, "-out", newFile,
            ])
        guard outcome.succeeded else { return false }
        try account.own(newKey, mode: 0o600)
        try account.own(newFile, mode: 0o644)
        // A crash between leaves a key without a certificate, which is made anew; never a pair that does not fit.
        unlink(file)
        return rename(newKey, key) == 0 && rename(newFile, file) == 0
    }
}
