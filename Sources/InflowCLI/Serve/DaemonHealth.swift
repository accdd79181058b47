/// Whether a daemon is well, for `/healthz` and systemd: not while its warehouse has not answered for ten minutes.
///
/// A private PostgreSQL that a person stopped is no fault: a restart of the daemon would start it.
struct DaemonHealth: Sendable {
    let outage: WarehouseOutage
    let isStoppedByPerson: @Sendable () -> Bool

    private static let patience: Duration = .seconds(600)

    /// What is wrong, in words; `nil` while the daemon is well.
    var fault: String? {
        let silence = outage.silence
        guard silence >= Self.patience, !isStoppedByPerson() else { return nil }
        return "the warehouse has not answered for \(silence.components.seconds / 60) minutes"
    }
}
