import Foundation
import Inflow

extension Doer {
    /// Whoever runs this command: the account and the machine, as the audit log has them.
    static var command: Doer {
        Doer(.command(account: "\(NSUserName()) on \(ProcessInfo.processInfo.hostName)"))
    }
}
