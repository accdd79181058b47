import Inflow
import Warehouse

/// What `inflow doctor` says of alerts: whom each connection's go to, and whether this machine opens their secrets.
struct AlertCheck {
    private let warehouse: Warehouse
    private let box: SecretBox

    init(_ warehouse: Warehouse, _ box: SecretBox) {
        (self.warehouse, self.box) = (warehouse, box)
    }

    /// Looks at the channels of these connections; sends nothing.
    ///
    /// Throws where a secret cannot be opened.
    func run(_ connections: [Connection], _ report: (Bool, String) -> Void) async throws {
        if let shared = try await SharedMail(warehouse).read() {
            _ = try await SharedMail(warehouse).secret(box: box)
            let whom = shared.recipients.isEmpty ? "no default recipient" : shared.recipients.joined(separator: ", ")
            let state = shared.isOn ? "on" : "off"
            Console.print("note   the mail server of all connections is \(shared.url), \(state), with \(whom)")
        }
        for connection in connections {
            let channels = AlertChannels(warehouse, connection: connection.id)
            let all = try await channels.list()
            let used = all.filter(\.isOn)
            for channel in used { _ = try await channels.secret(of: channel.kind, box: box) }
            if used.isEmpty {
                Console.print(
                    "note   nobody gets alerts of \"\(connection.name)\": \"inflow alert set --all …\" or \"inflow "
                        + "alert set \(connection.name) …\"")
            }
            let reports = connection.settings.digest != .off || connection.settings.successMail != .off
            // Mail that a person turned off is no fault.
            if reports, !all.contains(where: { $0.kind == .email }) {
                report(
                    false,
                    "\"\(connection.name)\" is set to send a digest or success mails, and mail is not set up: \"inflow "
                        + "alert set \(connection.name) --email ADDRESS …\"")
            }
        }
    }
}
